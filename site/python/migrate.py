"""
Brings the database up to what this release needs: each file of migrations/ once, in the order of their names. The release before still
serves while this runs and may be rolled back to, so a migration only adds (a table, a column with a default); what is no longer used is
taken away by a later release.
"""

import sys
from pathlib import Path

import pymysql

from guestbook.database import connect


def migrate() -> int:
    database = connect()
    with database.cursor() as cursor:
        # Two deployments at once: the second waits here and then finds everything done.
        cursor.execute("SELECT GET_LOCK('site-migrations', 60)")
        if cursor.fetchone()[0] != 1:
            print("error: another migration has held the lock for a minute: see SHOW PROCESSLIST", file=sys.stderr)
            return 1
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name VARCHAR(190) PRIMARY KEY, applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        )
        cursor.execute("SELECT name FROM migrations")
        applied = {name for (name,) in cursor.fetchall()}
        waiting = [file for file in sorted(Path(__file__).with_name("migrations").glob("*.sql")) if file.name not in applied]
        for file in waiting:
            try:
                cursor.execute(file.read_text())
            except pymysql.MySQLError as error:
                print(f"error: migration {file.name} failed: {error}", file=sys.stderr)
                return 1
            cursor.execute("INSERT INTO migrations (name) VALUES (%s)", (file.name,))
            print("applied", file.name)
        if not waiting:
            print("nothing to migrate")
    return 0


sys.exit(migrate())
