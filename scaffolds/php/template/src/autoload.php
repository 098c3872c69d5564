<?php

declare(strict_types=1);

// Class Service\Users\Store is in src/Users/Store.php. With packages from Composer its own autoloader comes first.
if (is_file(__DIR__ . '/../vendor/autoload.php')) {
    require __DIR__ . '/../vendor/autoload.php';
}
spl_autoload_register(function (string $class): void {
    $file = __DIR__ . '/' . str_replace('\\', '/', preg_replace('/^Service\\\\/', '', $class)) . '.php';
    if (str_starts_with($class, 'Service\\') && is_file($file)) {
        require $file;
    }
});
