<?php

declare(strict_types=1);

namespace Service;

// The job of every night; an exception makes it a failed one.
require __DIR__ . '/autoload.php';

Log::write('info', 'begin', ['job' => 'nightly']);
Log::write('info', 'done', ['job' => 'nightly']);
