<?php

declare(strict_types=1);

namespace Site;

use PDO;

/** The connection to the database, over the socket that the environment names. */
final class Database
{
    private static ?PDO $connection = null;

    /**
     * One connection a process, kept between requests: making one costs more than a small query.
     * PDO asks a kept connection whether it still lives before it hands it out.
     */
    public static function connection(bool $persistent = true): PDO
    {
        return self::$connection ??= new PDO(
            sprintf('mysql:unix_socket=%s;dbname=%s;charset=utf8mb4', self::setting('DATABASE_SOCKET'), self::setting('DATABASE_NAME')),
            self::setting('DATABASE_USER'),
            self::setting('DATABASE_PASSWORD'),
            [
                PDO::ATTR_PERSISTENT => $persistent,
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
                // The server, not PHP, puts the values into the statement.
                PDO::ATTR_EMULATE_PREPARES => false,
            ],
        );
    }

    private static function setting(string $name): string
    {
        $value = getenv($name);
        if ($value === false) {
            throw new \PDOException("the environment variable $name is not set");
        }
        return $value;
    }
}
