"""Put what the declared tables compile to into ``store/ddl``: ``python -m tests.ledgers.freeze``.

Only until a format is released: from then on its text stays, and a change is a migration.
"""

from __future__ import annotations

import re
from pathlib import Path

from sixping.store import ddl, orm

DDL = Path(ddl.__file__)


def declared() -> str:
    """Return the text of the declared tables and indexes, a statement after another."""
    return "".join(f"{statement};\n" for statement in orm.statements())


def main() -> None:
    """Write the text where the old one stands."""
    source = DDL.read_text(encoding="utf-8")
    frozen = re.sub(
        r'(TABLES_1 = """\\\n).*?(""")',
        lambda found: found[1] + declared() + found[2],
        source,
        flags=re.DOTALL,
    )
    DDL.write_text(frozen, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
