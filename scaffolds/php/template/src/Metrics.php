<?php

declare(strict_types=1);

namespace Service;

/**
 * Counts requests and their durations by method, route and status. PHP forgets everything after a request: the
 * counters are in the memory of APCu, which all workers share. Without that extension only the build is told.
 */
final class Metrics
{
    private const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
    private const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    private const PREFIX = 'metrics:';

    public static function available(): bool
    {
        return function_exists('apcu_enabled') && apcu_enabled();
    }

    public function observe(string $method, string $route, int $status, float $seconds): void
    {
        if (!self::available()) {
            return;
        }
        // Anybody can send any word as a method; a label must have few values.
        $method = in_array($method, self::METHODS, true) ? $method : 'OTHER';
        $labels = sprintf('method="%s",route="%s",status="%d"', $method, addcslashes($route, "\\\"\n"), $status);
        $this->add("http_requests_total{{$labels}}", 1);
        $name = 'http_request_duration_seconds';
        foreach (self::BUCKETS as $limit) {
            $this->add("{$name}_bucket{{$labels},le=\"$limit\"}", $limit === '+Inf' || $seconds <= (float) $limit ? 1 : 0);
        }
        // Counters of APCu are whole numbers.
        $this->add("{$name}_sum{{$labels}}", (int) round($seconds * 1e6));
        $this->add("{$name}_count{{$labels}}", 1);
    }

    /** The text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats). */
    public function text(Identity $identity): string
    {
        $build = sprintf('app_build_info{revision="%s",version="%s"} 1', $identity->revision, $identity->version);
        $lines = ['# TYPE app_build_info gauge', $build];
        foreach (['http_requests_total' => 'counter', 'http_request_duration_seconds' => 'histogram'] as $name => $type) {
            $lines[] = "# TYPE $name $type";
            array_push($lines, ...$this->series($name));
        }
        return implode("\n", $lines) . "\n";
    }

    /** @return list<string> */
    private function series(string $name): array
    {
        $lines = [];
        if (self::available()) {
            foreach (new \APCUIterator('/^' . self::PREFIX . $name . '/') as $entry) {
                $series = substr($entry['key'], strlen(self::PREFIX));
                $lines[] = $series . ' ' . (str_contains($series, '_sum{') ? $entry['value'] / 1e6 : $entry['value']);
            }
            $key = fn (string $line) => preg_replace_callback(
                '/,le="([^"]+)"/',
                fn (array $found) => sprintf(',%09.3f', $found[1] === '+Inf' ? 99999 : (float) $found[1]),
                $line,
            );
            usort($lines, fn (string $a, string $b) => $key($a) <=> $key($b));
        }
        return $lines;
    }

    private function add(string $series, int $step): void
    {
        apcu_inc(self::PREFIX . $series, $step);
    }
}
