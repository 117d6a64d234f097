<?php

declare(strict_types=1);

namespace Site;

use PDO;

/** What visitors wrote. */
final class Guestbook
{
    public const AUTHOR_LENGTH = 60;
    public const MESSAGE_LENGTH = 500;

    public function __construct(private readonly PDO $database)
    {
    }

    /**
     * The newest entries, the newest first, with what the page shows of the database itself: one statement for all of it.
     * @return array{entries: list<array{author: string, message: string, written: string}>, version: string, connection: int, total: int}
     */
    public function latest(int $count): array
    {
        $server = 'VERSION() AS version, CONNECTION_ID() AS connection';
        $rows = $this->ask("SELECT author, message, created_at AS written, $server, (SELECT COUNT(*) FROM entries) AS total
                              FROM entries ORDER BY id DESC LIMIT $count");
        $facts = $rows[0] ?? $this->ask("SELECT $server, 0 AS total")[0];
        return [
            'entries' => $rows,
            'version' => $facts['version'],
            'connection' => (int) $facts['connection'],
            'total' => (int) $facts['total'],
        ];
    }

    /**
     * A statement without values from outside needs no preparing: one way to the database and back instead of two. PDO's MySQL
     * driver takes that from the connection alone, not from the statement.
     */
    private function ask(string $statement): array
    {
        $this->database->setAttribute(PDO::ATTR_EMULATE_PREPARES, true);
        try {
            return $this->database->query($statement)->fetchAll();
        } finally {
            $this->database->setAttribute(PDO::ATTR_EMULATE_PREPARES, false);
        }
    }

    /** Adds an entry that check() found nothing wrong with. */
    public function add(string $author, string $message): void
    {
        $this->database
            ->prepare('INSERT INTO entries (author, message) VALUES (:author, :message)')
            ->execute(['author' => $author, 'message' => $message]);
    }

    /**
     * What is wrong with an entry, by field; nothing when it may be added.
     * @return array<string, string>
     */
    public static function check(string $author, string $message): array
    {
        return array_filter([
            'author' => self::checkText($author, self::AUTHOR_LENGTH, 'your name'),
            'message' => self::checkText($message, self::MESSAGE_LENGTH, 'a few words'),
        ]);
    }

    private static function checkText(string $text, int $most, string $what): ?string
    {
        if (preg_match('//u', $text) !== 1) {
            return 'Please use ordinary characters only.';
        }
        $length = preg_match_all('/./us', $text);
        return match (true) {
            $length === 0 => "Please write $what.",
            $length > $most => "Please keep it to $most characters; these are $length.",
            default => null,
        };
    }
}
