"""Tasks that meetings set and nobody has done, for the overdue list: plain SQL to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_STANDS = "NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = {0}.seq)"
_LATER = (
    " FROM events {0} WHERE {0}.subject = e.subject AND {0}.stream = 'meeting'"
    " AND {0}.kind IN ({1}) AND json_extract({0}.facts, '$.task') = json_extract(e.facts, '$.task')"
    f" AND {_STANDS}"
)
_TASKS = (
    "SELECT * FROM (SELECT json_extract(e.facts, '$.task') AS task,"
    " json_extract(e.facts, '$.unit') AS lead, '[]' AS assist, NULL AS community,"
    " NULL AS platform, NULL AS severity, e.at AS since, t.fields AS private,"
    " coalesce((SELECT json_extract(m.facts, '$.due')"
    + _LATER.format("m", "'task_moved'")
    + " ORDER BY m.seq DESC LIMIT 1), json_extract(e.facts, '$.due')) AS due"
    " FROM events e LEFT JOIN told t ON t.seq = e.seq"
    f" WHERE e.kind = 'task_set' AND e.stream = 'meeting' AND {_STANDS.format('e')}"
    " AND NOT EXISTS (SELECT 1"
    + _LATER.format("d", "'task_done', 'task_dropped'")
    + ")) WHERE due < :before ORDER BY due, task"
)


def open_tasks(con: sqlite3.Connection, before: str) -> list[Any]:
    """Return the open tasks due before a day: ``task lead due since private`` (附1.3).

    The other columns are those by which lists are filtered; a task has none of them.
    """
    return con.execute(_TASKS, {"before": before}).fetchall()
