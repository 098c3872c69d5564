<?php

declare(strict_types=1);

namespace Service;

/** Which build this is: put into the image by `instep docker-build`, given by instep otherwise. */
final class Identity
{
    public function __construct(
        public readonly string $version = 'unknown',
        public readonly string $revision = 'unknown',
        public readonly string $buildDate = 'unknown',
    ) {
    }

    /** @param array<string, string> $env */
    public static function fromEnvironment(array $env): self
    {
        return new self(
            self::first($env, 'VERSION', 'INSTEP_VERSION'),
            self::first($env, 'REVISION', 'INSTEP_GIT_SHA'),
            self::first($env, 'BUILD_DATE'),
        );
    }

    /** @return array<string, mixed> */
    public function info(): array
    {
        return [
            'name' => '{= name =}',
            'version' => $this->version,
            'git' => ['sha' => $this->revision, 'dirty' => str_ends_with($this->version, '-dirty')],
            'build' => ['date' => $this->buildDate],
            'runtime' => ['language' => 'php', 'version' => PHP_VERSION],
        ];
    }

    /** @param array<string, string> $env */
    private static function first(array $env, string ...$names): string
    {
        foreach ($names as $name) {
            if (!in_array($env[$name] ?? '', ['', 'unknown'], true)) {
                return $env[$name];
            }
        }
        return 'unknown';
    }
}
