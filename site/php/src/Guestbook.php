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
        $rows = $this->database->query(
            'SELECT entries.author, entries.message, entries.created_at AS written, server.version, server.connection, server.total
               FROM (SELECT VERSION() AS version, CONNECTION_ID() AS connection, (SELECT COUNT(*) FROM entries) AS total) AS server
               LEFT JOIN (SELECT id, author, message, created_at FROM entries ORDER BY id DESC LIMIT ' . $count . ') AS entries ON TRUE
              ORDER BY entries.id DESC',
        )->fetchAll();
        return [
            'entries' => array_values(array_filter($rows, fn (array $row) => $row['author'] !== null)),
            'version' => $rows[0]['version'],
            'connection' => (int) $rows[0]['connection'],
            'total' => (int) $rows[0]['total'],
        ];
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
