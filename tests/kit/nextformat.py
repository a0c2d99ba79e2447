"""An invented next format: a table, an index, a column by a rebuilt table, data that moves.

``python -m tests.kit.nextformat COMMAND …`` is the program of that later day.
"""

from __future__ import annotations

import sys

from sixping import cli
from sixping.store import ddl

STEP = (
    "CREATE TABLE hours (hour TEXT PRIMARY KEY, events INTEGER NOT NULL) WITHOUT ROWID, STRICT",
    "INSERT INTO hours SELECT substr(at, 1, 13), count(*) FROM events GROUP BY 1",
    "CREATE INDEX hours_busy ON hours (events)",
    (
        "CREATE TABLE rebuilt (id INTEGER NOT NULL, by_name TEXT, os_user TEXT NOT NULL,"
        " host TEXT NOT NULL, program TEXT NOT NULL, desk TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (id)) STRICT"
    ),
    (
        "INSERT INTO rebuilt SELECT id, by_name, os_user, host, program, host || ':' || os_user"
        " FROM sources"
    ),
    "DROP TABLE sources",  # events refer to it, and so does the view log
    "ALTER TABLE rebuilt RENAME TO sources",
)
NEXT = (*ddl.MIGRATIONS, STEP)

if __name__ == "__main__":
    ddl.MIGRATIONS = NEXT
    sys.exit(cli.main())
