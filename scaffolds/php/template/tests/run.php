<?php

declare(strict_types=1);

namespace Service;

// `php tests/run.php`: every function below whose name begins with `test`; no package needed.
require __DIR__ . '/../src/autoload.php';

putenv('LOG_LEVEL=off');

function same(mixed $expected, mixed $actual, string $what = ''): void
{
    if ($expected !== $actual) {
        throw new \RuntimeException($what . ' expected ' . var_export($expected, true) . ', got ' . var_export($actual, true));
    }
}

function holds(string $text, string $part): void
{
    if (!str_contains($text, $part)) {
        throw new \RuntimeException("$part\nis not in\n$text");
    }
}

final class Skipped extends \RuntimeException
{
}

function app(?string $draining = null): App
{
    return new App(new Identity('1.2.3', 'abc', '2026-01-01T00:00:00Z'), new Metrics(), $draining);
}

/** @return array{int, mixed} */
function get(App $app, string $path): array
{
    $response = $app->handle('GET', $path);
    $app->observe('GET', $path, $response, 0.001);
    return [$response->status, json_decode($response->body, true)];
}

function test_root_says_hello(): void
{
    same([200, ['message' => 'Hello from {= name =}!', 'version' => '1.2.3']], get(app(), '/'));
}

function test_health_is_ok(): void
{
    foreach (['/health', '/health/live', '/livez'] as $path) {
        same([200, ['status' => 'ok']], get(app(), $path));
    }
}

function test_ready_until_the_service_drains(): void
{
    $draining = sys_get_temp_dir() . '/draining-' . getmypid();
    same(200, get(app($draining), '/ready')[0]);
    touch($draining);
    $status = [get(app($draining), '/ready')[0], get(app($draining), '/readyz')[0]];
    unlink($draining);
    same([503, 503], $status);
}

function test_info_names_the_build(): void
{
    [$status, $info] = get(app(), '/info');
    same([200, '{= name =}', '1.2.3', ['sha' => 'abc', 'dirty' => false], 'php'], [$status, $info['name'], $info['version'], $info['git'], $info['runtime']['language']]);
}

function test_identity_falls_back_to_instep_then_to_unknown(): void
{
    same('unknown', Identity::fromEnvironment([])->version);
    same('1.0.0', Identity::fromEnvironment(['VERSION' => '', 'INSTEP_VERSION' => '1.0.0'])->version);
}

function test_routes_have_patterns_and_methods(): void
{
    $app = app();
    $app->route('GET /users/{user}', fn (array $found) => Response::json(200, $found));
    same([200, ['user' => 'a b']], get($app, '/users/a%20b'));
    same(404, get($app, '/users/')[0]);
    same(405, $app->handle('POST', '/users/ada')->status);
    same(200, $app->handle('HEAD', '/users/ada')->status);
}

function test_an_exception_is_a_500_that_says_nothing(): void
{
    $app = app();
    $app->route('GET /broken', fn () => throw new \RuntimeException('secret'));
    same([500, ['error' => 'internal error']], get($app, '/broken'));
}

function test_metrics_count_requests_by_route_pattern(): void
{
    if (!Metrics::available()) {
        throw new Skipped('the extension APCu is not here');
    }
    apcu_clear_cache();
    $app = app();
    $app->route('GET /users/{user}', fn () => Response::json(200, []));
    foreach (['/', '/users/ada', '/users/alan', '/nowhere', '/health', '/livez'] as $path) {
        get($app, $path);
    }
    $text = $app->handle('GET', '/metrics')->body;
    holds($text, 'http_requests_total{method="GET",route="/users/{user}",status="200"} 2');
    holds($text, 'http_requests_total{method="GET",route="unmatched",status="404"}');
    holds($text, 'http_request_duration_seconds_count{method="GET",route="/users/{user}",status="200"} 2');
    holds($text, 'http_request_duration_seconds_bucket{method="GET",route="/users/{user}",status="200",le="0.005"} 2');
    holds($text, 'app_build_info{revision="abc",version="1.2.3"} 1');
    same(false, str_contains($text, '/health') || str_contains($text, '/livez'), 'own endpoints are counted:');
}

function test_a_log_line_is_json(): void
{
    $line = json_decode(Log::line('info', 'request', ['path' => '/']), true);
    same(['info', 'request', '/'], [$line['level'], $line['message'], $line['path']]);
}

function test_sigterm_drains_then_exits_with_0(): void
{
    $here = "bash -c 'PATH=\$PATH:/usr/local/sbin:/usr/sbin; command -v nginx && compgen -c php-fpm' && echo both";
    if (!str_ends_with(trim((string) shell_exec($here)), 'both')) {
        throw new Skipped('nginx and php-fpm are not here');
    }
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
    fclose($socket);
    $env = [...getenv(), 'HOST' => '127.0.0.1', 'PORT' => (string) $port, 'DRAIN_SECONDS' => '1', 'LOG_LEVEL' => 'info'];
    $log = tempnam(sys_get_temp_dir(), 'log');
    $server = proc_open([__DIR__ . '/../serve.sh'], [1 => ['file', $log, 'a']], $pipes, null, $env);
    wait_for($port, 200);
    file_get_contents("http://127.0.0.1:$port/");
    $check = proc_close(proc_open([__DIR__ . '/../serve.sh', 'healthcheck'], [], $pipes, null, $env));
    proc_terminate($server, 15);
    wait_for($port, 503);
    while (($state = proc_get_status($server))['running']) {
        usleep(20_000);
    }
    $written = file_get_contents($log);
    unlink($log);
    same([0, 0], [$check, $state['exitcode']], 'health check, end:');
    holds($written, '"message":"request","method":"GET","path":"/"');
}

{~ if worker ~}
function test_the_worker_ends_with_0_on_sigterm(): void
{
    if (!function_exists('pcntl_signal')) {
        throw new Skipped('the extension pcntl is not here');
    }
    $worker = proc_open([PHP_BINARY, __DIR__ . '/../src/worker.php'], [1 => ['pipe', 'w']], $pipes, null, [...getenv(), 'LOG_LEVEL' => 'info']);
    while (!str_contains((string) fgets($pipes[1]), 'a piece of work')) {
    }
    proc_terminate($worker, 15);
    holds(stream_get_contents($pipes[1]), '"message":"stopped"');
    same(0, proc_close($worker));
}

{~ endif ~}
{~ if nightly ~}
function test_nightly_ends_well(): void
{
    $job = proc_open([PHP_BINARY, __DIR__ . '/../src/nightly.php'], [1 => ['pipe', 'w']], $pipes, null, [...getenv(), 'LOG_LEVEL' => 'info']);
    holds(stream_get_contents($pipes[1]), '"message":"done"');
    same(0, proc_close($job));
}

{~ endif ~}
function wait_for(int $port, int $status): void
{
    $context = stream_context_create(['http' => ['ignore_errors' => true, 'timeout' => 2]]);
    for ($end = microtime(true) + 20; microtime(true) < $end; usleep(20_000)) {
        $http_response_header = [];
        @file_get_contents("http://127.0.0.1:$port/ready", false, $context);
        if (str_contains($http_response_header[0] ?? '', " $status ")) {
            return;
        }
    }
    throw new \RuntimeException("waited too long for $status");
}

$failed = 0;
foreach (get_defined_functions()['user'] as $function) {
    if (!str_starts_with($function, 'service\\test_')) {
        continue;
    }
    $name = str_replace('_', ' ', substr($function, strlen('service\\test_')));
    try {
        $function();
        echo "✓ $name\n";
    } catch (Skipped $skipped) {
        echo "– $name: {$skipped->getMessage()}\n";
    } catch (\Throwable $error) {
        $failed++;
        echo "✗ $name: {$error->getMessage()} ({$error->getFile()}:{$error->getLine()})\n";
    }
}
exit($failed === 0 ? 0 : 1);
