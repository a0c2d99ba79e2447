"""Tasks that meetings set and nobody has done, for the overdue list: plain SQL to rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.queries.conditions import not_voided
from sixping.queries.office import keeps
from sixping.store.rows import of_kind

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection


class OpenTask(NamedTuple):
    """A task nobody has done (附1.3), due on a day; what lists filter by, it has not."""

    task: str
    lead: str
    since: str
    private: str | None
    due: str
    assist: str = "[]"
    community: None = None
    platform: None = None
    severity: None = None
    confirmed: int = 1


_LATER = (
    " FROM events {0} WHERE {0}.subject = e.subject AND {0}.stream = 'meeting'"
    " AND {0}.kind IN ({1}) AND json_extract({0}.facts, '$.task') = json_extract(e.facts, '$.task')"
    f" AND {not_voided('{0}')}"
)
_TASKS = (
    "SELECT * FROM (SELECT json_extract(e.facts, '$.task') AS task,"
    " json_extract(e.facts, '$.unit') AS lead, e.at AS since, t.fields AS private,"
    " coalesce((SELECT json_extract(m.facts, '$.due')"
    + _LATER.format("m", "'task_moved'")
    + " ORDER BY m.seq DESC LIMIT 1), json_extract(e.facts, '$.due')) AS due"
    " FROM events e LEFT JOIN told t ON t.seq = e.seq"
    f" WHERE {of_kind('e', 'task_set')} AND e.stream = 'meeting' AND {not_voided('e')}"
    " AND (:plans OR json_extract(e.facts, '$.sort') IS NULL)"
    " AND NOT EXISTS (SELECT 1"
    + _LATER.format("d", "'task_done', 'task_dropped'")
    + ")) o WHERE o.due < :before ORDER BY o.due, o.task"
)


def open_tasks(con: Connection, before: str) -> list[OpenTask]:
    """Return the open tasks due before a day, nearest first.

    Plans and measures among them (附1.3) while their register is kept.
    """
    values = {"before": before, "plans": keeps(con, "meetings")}
    return [OpenTask(*row) for row in con.execute(_TASKS, values).fetchall()]
