<?php

declare(strict_types=1);

namespace Service;

use Throwable;

/** The application as a value: it takes requests without a server. */
final class App
{
    private const OWN = ['/health', '/health/live', '/livez', '/ready', '/readyz', '/metrics', '/info'];

    /** @var array<string, callable(array<string, string>): Response> */
    private array $routes;

    /** The draining file is there from SIGTERM on. */
    public function __construct(private Identity $identity, private Metrics $metrics, private ?string $draining = null)
    {
        $this->routes = $this->routes();
    }

    /**
     * What this service is for: `GET /users/{user}` gets ['user' => …].
     *
     * @return array<string, callable(array<string, string>): Response>
     */
    private function routes(): array
    {
        return [
            'GET /' => fn () => Response::json(200, ['message' => 'Hello from {= name =}!', 'version' => $this->identity->version]),
        ];
    }

    public function route(string $route, callable $answer): void
    {
        $this->routes[$route] = $answer;
    }

    public function handle(string $method, string $path): Response
    {
        try {
            return $this->own($path) ?? $this->routed($method === 'HEAD' ? 'GET' : $method, $path);
        } catch (Throwable $error) {
            Log::write('error', $error->getMessage(), ['at' => "{$error->getFile()}:{$error->getLine()}"]);
            return Response::json(500, ['error' => 'internal error']);
        }
    }

    /** Counts and logs a request; own endpoints are left out. */
    public function observe(string $method, string $path, Response $response, float $seconds): void
    {
        if (in_array($path, self::OWN, true)) {
            return;
        }
        $this->metrics->observe($method, $response->route, $response->status, $seconds);
        Log::write($response->status >= 500 ? 'error' : 'info', 'request', [
            'method' => $method,
            'path' => $path,
            'route' => $response->route,
            'status' => $response->status,
            'duration_ms' => round($seconds * 1000, 1),
        ]);
    }

    /** What Kubernetes, Prometheus and people ask. */
    private function own(string $path): ?Response
    {
        return match ($path) {
            // The process answers. Never asks a dependency: a failing database must not restart pods.
            '/health', '/health/live', '/livez' => Response::json(200, ['status' => 'ok']),
            '/ready', '/readyz' => $this->draining !== null && file_exists($this->draining)
                ? Response::json(503, ['status' => 'unavailable'])
                : Response::json(200, ['status' => 'ok']),
            '/metrics' => new Response(200, $this->metrics->text($this->identity), 'text/plain; version=0.0.4; charset=utf-8'),
            '/info' => Response::json(200, $this->identity->info()),
            default => null,
        };
    }

    private function routed(string $method, string $path): Response
    {
        $allowed = [];
        foreach ($this->routes as $route => $answer) {
            [$verb, $pattern] = explode(' ', $route, 2);
            $regex = preg_replace('/\\\\\{(\w+)\\\\\}/', '(?<$1>[^/]+)', preg_quote($pattern, '~'));
            if (!preg_match("~^$regex\$~D", $path, $found)) {
                continue;
            }
            if ($verb === $method) {
                return $answer(array_map(rawurldecode(...), array_filter($found, is_string(...), ARRAY_FILTER_USE_KEY)))->of($pattern);
            }
            $allowed[] = $verb;
        }
        return $allowed === [] ? Response::json(404, ['error' => 'not found']) : Response::json(405, ['error' => 'method not allowed', 'allowed' => $allowed]);
    }
}
