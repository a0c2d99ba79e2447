# ruff: noqa: S608 - statements are put together from the schema's own names
"""The statements that write: one place, prepared once per connection by SQLite."""

from __future__ import annotations

from sixping import chain, projection

INSERT_EVENT = (
    f"INSERT INTO events ({', '.join(chain.FIELDS)}, hash)"
    f" VALUES ({', '.join('?' * (len(chain.FIELDS) + 1))})"
)
INSERT_TOLD = "INSERT INTO told (seq, salt, fields) VALUES (?, ?, ?)"
INSERT_TRACE = (
    "INSERT INTO traces (seq, number, received_at, phone, place) VALUES (?, ?, ?, ?, ?)"
)
INSERT_REQUEST = "INSERT INTO requests (key, seq, digest) VALUES (?, ?, ?)"
INSERT_STATE = (
    f"INSERT INTO case_states ({', '.join(projection.CASE_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(projection.CASE_COLUMNS))})"
)
INSERT_CLOCK = (
    f"INSERT INTO clock_states ({', '.join(projection.CLOCK_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(projection.CLOCK_COLUMNS))})"
)
TOUCH_STATE = "UPDATE case_states SET version = ?, last_seq = ? WHERE number = ? AND to_seq IS NULL"
END_STATE = "UPDATE case_states SET to_seq = ? WHERE number = ? AND to_seq IS NULL"
END_CLOCK = (
    "UPDATE clock_states SET to_seq = ?"
    " WHERE number = ? AND kind = ? AND round = ? AND to_seq IS NULL"
)
