<?php

declare(strict_types=1);

namespace Service;

/** An answer as a value. */
final class Response
{
    public function __construct(
        public readonly int $status,
        public readonly string $body,
        public readonly string $type = 'text/plain; charset=utf-8',
        /** The pattern that led here, never the path: a label of a metric must have few values. */
        public readonly string $route = 'unmatched',
    ) {
    }

    public static function json(int $status, mixed $value): self
    {
        return new self($status, json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), 'application/json');
    }

    public function of(string $route): self
    {
        return new self($this->status, $this->body, $this->type, $route);
    }

    public function send(): void
    {
        http_response_code($this->status);
        header("Content-Type: $this->type");
        header('Content-Length: ' . strlen($this->body));
        echo $this->body;
    }
}
