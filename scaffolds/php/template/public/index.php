<?php

declare(strict_types=1);

namespace Service;

require __DIR__ . '/../src/autoload.php';

// The server built into PHP asks for files of public/, too.
if (PHP_SAPI === 'cli-server' && is_file(__DIR__ . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH))) {
    return false;
}

$start = hrtime(true);
$method = $_SERVER['REQUEST_METHOD'];
$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$app = new App(Identity::fromEnvironment(getenv()), new Metrics(), getenv('DRAINING') ?: null);
$response = $app->handle($method, $path);
$response->send();
$app->observe($method, $path, $response, (hrtime(true) - $start) / 1e9);
