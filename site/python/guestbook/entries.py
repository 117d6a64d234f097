"""What visitors wrote."""

from dataclasses import dataclass
from datetime import datetime

AUTHOR_LENGTH = 60
MESSAGE_LENGTH = 500


@dataclass(frozen=True)
class Entry:
    author: str
    message: str
    written: datetime


@dataclass(frozen=True)
class Latest:
    """The newest entries, and what the page shows of the database itself."""

    entries: list[Entry]
    version: str
    connection: int
    total: int


def latest(connection, count: int) -> Latest:
    """One statement for all of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT entries.author, entries.message, entries.created_at, server.version, server.connection, server.total
                 FROM (SELECT VERSION() AS version, CONNECTION_ID() AS connection, (SELECT COUNT(*) FROM entries) AS total) AS server
                 LEFT JOIN (SELECT id, author, message, created_at FROM entries ORDER BY id DESC LIMIT %s) AS entries ON TRUE
                ORDER BY entries.id DESC""",
            (count,),
        )
        rows = cursor.fetchall()
    entries = [Entry(author, message, written) for author, message, written, *_ in rows if author is not None]
    _, _, _, version, number, total = rows[0]
    return Latest(entries, version, number, total)


def add(connection, author: str, message: str) -> None:
    """Adds an entry that check() found nothing wrong with."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO entries (author, message) VALUES (%s, %s)", (author, message))


def check(author: str, message: str) -> dict[str, str]:
    """What is wrong with an entry, by field; empty when it may be added."""
    faults = {
        "author": _check_text(author, AUTHOR_LENGTH, "your name"),
        "message": _check_text(message, MESSAGE_LENGTH, "a few words"),
    }
    return {field: fault for field, fault in faults.items() if fault is not None}


def _check_text(text: str, most: int, what: str) -> str | None:
    if "\ufffd" in text:
        return "Please use ordinary characters only."
    if text == "":
        return f"Please write {what}."
    if len(text) > most:
        return f"Please keep it to {most} characters; these are {len(text)}."
    return None
