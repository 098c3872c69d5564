<?php

declare(strict_types=1);

namespace Service;

// The worker: one piece of work after the other, until SIGTERM or SIGINT. What is begun is finished.
require __DIR__ . '/autoload.php';

const PAUSE_SECONDS = 5;

function work_once(): void
{
    // Where the worker's own work begins: take a message of a queue, say.
    Log::write('info', 'a piece of work');
}

$stop = false;
pcntl_async_signals(true);
foreach ([SIGINT, SIGTERM] as $signal) {
    pcntl_signal($signal, function () use (&$stop): void {
        $stop = true;
    });
}
Log::write('info', 'working');
while (!$stop) {
    try {
        work_once();
    } catch (\Throwable $error) {
        Log::write('error', 'a piece of work failed', ['error' => $error->getMessage()]);
    }
    if (!$stop) {
        sleep(PAUSE_SECONDS);
    }
}
Log::write('info', 'stopped');
