<?php

declare(strict_types=1);

namespace Site;

/** The way a request has come, as this side of it can see. */
final class Way
{
    /** The release that serves: its folder's name, as the web server says it. */
    public static function release(): string
    {
        return $_SERVER['SITE_RELEASE'] ?? basename(dirname(__DIR__));
    }

    /** The app server's colour, from the socket it was started for. */
    public static function colour(): string
    {
        return getenv('SITE_COLOUR') ?: 'one colour';
    }

    /** Milliseconds since PHP was given the request. */
    public static function elapsed(): float
    {
        return (microtime(true) - $_SERVER['REQUEST_TIME_FLOAT']) * 1000;
    }

    /**
     * The stations between a visitor and the answer.
     * @param array{version: string, connection: int, total: int} $database
     * @param float $queried milliseconds that connecting and asking took
     * @return list<array{name: string, fact: string, detail: string, milliseconds: ?float, measure: ?string}>
     */
    public static function stations(array $database, float $queried): array
    {
        $server = $_SERVER;
        $tls = trim(($server['TLS_PROTOCOL'] ?? $server['SSL_PROTOCOL'] ?? '') . ' ' . ($server['TLS_GROUP'] ?? ''));
        return [
            self::station('Name', $server['SERVER_NAME'] ?? '', 'asked of the domain name system', null, 'name'),
            self::station('Address', $server['SERVER_ADDR'] ?? '', 'connected from ' . ($server['REMOTE_ADDR'] ?? ''), null, 'connect'),
            self::station(
                'Web server',
                $server['SERVER_SOFTWARE'] ?? '',
                trim(($server['SERVER_PROTOCOL'] ?? '') . ($tls === '' ? '' : ", $tls")),
                // nginx counts from the first byte of the request to handing it on.
                isset($server['SITE_RECEIVED']) ? (float) $server['SITE_RECEIVED'] * 1000 : null,
            ),
            self::station(
                'App server',
                'PHP ' . PHP_VERSION,
                sprintf('%s, process %d, release %s', self::colour(), getmypid(), substr(self::release(), 0, 8)),
                self::elapsed() - $queried,
            ),
            self::station(
                'Database',
                self::product($database['version']),
                sprintf('%d entries, connection %d', $database['total'], $database['connection']),
                $queried,
            ),
            self::station('Response', gmdate('H:i:s') . ' UTC', 'back the same way', null, 'response'),
        ];
    }

    private static function product(string $version): string
    {
        $number = strtok($version, '-');
        return (stripos($version, 'mariadb') === false ? 'MySQL ' : 'MariaDB ') . $number;
    }

    private static function station(string $name, string $fact, string $detail, ?float $milliseconds, ?string $measure = null): array
    {
        return compact('name', 'fact', 'detail', 'milliseconds', 'measure');
    }
}
