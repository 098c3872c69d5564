<?php

declare(strict_types=1);

namespace Service;

/** Logs: one JSON object a line, on stdout. */
final class Log
{
    private const LEVELS = ['debug', 'info', 'warning', 'error', 'off'];

    /** @param array<string, mixed> $fields */
    public static function write(string $level, string $message, array $fields = []): void
    {
        $least = array_search(getenv('LOG_LEVEL') ?: 'info', self::LEVELS, true);
        if (array_search($level, self::LEVELS, true) >= ($least === false ? 1 : $least)) {
            // php-fpm passes on what its workers write to stderr.
            file_put_contents(PHP_SAPI === 'fpm-fcgi' ? 'php://stderr' : 'php://stdout', self::line($level, $message, $fields));
        }
    }

    /** @param array<string, mixed> $fields */
    public static function line(string $level, string $message, array $fields = []): string
    {
        $line = ['time' => gmdate('Y-m-d\TH:i:s\Z'), 'level' => $level, 'message' => $message, ...$fields];
        return json_encode($line, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\n";
    }
}
