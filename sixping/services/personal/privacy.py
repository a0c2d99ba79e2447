"""Who looked at personal data: a caller looked up, and what was revealed, given out or erased.

A look-up is recorded before anything of it is shown; what was looked for is sealed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.contactkeys import LEAST_DIGITS, contact_keys
from sixping.documents.cases import masked, people_in
from sixping.documents.eventwords import GIVEN_OUT
from sixping.documents.phrases import GONE
from sixping.errors import UsageFault
from sixping.queries.privacy import HOLDS, deeds, of_name, of_phone, plain_name
from sixping.services.personal.named import Named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.queries.privacy import Deed
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

STREAM = "job"
#: kind of an event → what people call it
AUDITED: Mapping[str, str] = {
    "revealed": "查看个人信息",
    "looked_up": "查找来电人",
    "exported": "导出",
    "erased": "删除个人信息",
    "hold_set": "暂缓删除",
    "hold_lifted": "解除暂缓",
}
_BY = {"phone": "电话", "name": "姓名"}


class Caller(NamedTuple):
    """Who is looked for: by a phone, by a name, or by both at once."""

    phone: str | None = None
    name: str | None = None

    def refuse_parts(self) -> None:
        """Raise ``UsageFault`` for what is no whole value."""
        forms = () if self.phone is None else contact_keys(self.phone, None)
        if len(forms) > 1:
            raise UsageFault(
                f"这里有 {len(forms)} 个号码 (--phone)。", "一次只查一个号码, 请分开查找。"
            )
        if self.phone is not None and not forms:
            digits = sum(map(str.isdigit, self.phone))
            raise UsageFault(
                f"要查找的电话须写全, 至少 {LEAST_DIGITS} 位数字 (--phone), 现有 {digits} 位。",
                "只写一部分的号码不能查找; 一次只查一个号码。",
            )
        if self.name is not None and not plain_name(self.name):
            raise UsageFault("要查找的姓名是空的 (--name)。", "请写出完整的姓名。")


def look_up(tx: Transaction, caller: Caller, reason: str, *, reveal: bool = False) -> list[str]:
    """Return the cases a caller reported, newest first; the look-up is recorded with it.

    ``reveal``: they are about to be shown unmasked, which is recorded as everywhere.
    """
    found = [
        *([of_phone(tx.con, caller.phone)] if caller.phone is not None else []),
        *([of_name(tx.con, caller.name)] if caller.name is not None else []),
    ]
    numbers = sorted(set.intersection(*found), reverse=True)
    said = {name: value for name, value in caller._asdict().items() if value is not None}
    facts = {"by": list(said), "found": len(numbers)}
    tx.note(STREAM, "lookup", "looked_up", facts, said | {"reason": reason})
    if reveal and numbers:
        tx.note(STREAM, "reveal", "revealed", {"numbers": numbers}, {"reason": reason})
    return numbers


# --- who did what ------------------------------------------------------------------------


class Entry(NamedTuple):
    """One time that somebody looked at personal data, gave it out, erased or held it."""

    seq: int
    at: str
    by: str | None
    account: str
    kind: str
    what: str
    n: int
    numbers: Sequence[str]
    reason: str | None


def entries(con: Connection, since: str = "", until: str = "9") -> list[Entry]:
    """Return what was done with personal data, by when it was recorded: ``since <= x < until``."""
    named = Named(con)
    return [_entry(deed, named) for deed in deeds(con, AUDITED, since, until)]


def _entry(deed: Deed, named: Named) -> Entry:
    own = [deed.subject] if deed.kind in _OF_HOLDS else []
    numbers = [*deed.facts.get("numbers", own), *deed.facts.get("contacts", ())]
    count = deed.facts.get("count", deed.facts.get("found", len(numbers)))
    reason = GONE if deed.gone else reason_of(deed, named)
    what = _what(deed.kind, deed.facts, numbers)
    return Entry(*deed[:5], what, count, numbers, reason)


def reason_of(deed: Deed, named: Named) -> str | None:
    """Return why something was done, masked: nobody of the cases is named in it."""
    private = json.dumps(deed.private, ensure_ascii=False) if deed.private else None
    stream = HOLDS if deed.kind in _OF_HOLDS else STREAM
    people = named.of(stream, deed.subject, deed.facts, private)
    reason = deed.private.get("reason") or deed.private.get("basis")
    return masked("reason", reason, reveal=False, people=people.joined(people_in(private)))


_OF_HOLDS = frozenset({"hold_set", "hold_lifted"})


def _what(kind: str, said: Mapping[str, Any], numbers: Sequence[str]) -> str:
    """Say of what: the list or the cases revealed, by what was looked for, what was given out."""
    if kind == "looked_up":
        return f"按{'、'.join(_BY.get(each, each) for each in said['by'])}, 找到 {said['found']} 件"
    if kind == "exported":
        given = GIVEN_OUT.get(said["what"], said["what"])
        masked = "含个人信息" if said.get("revealed") else "已遮盖"
        parts = (given, said["format"], said.get("filters"), f"{said['count']} 行", masked)
        return "; ".join(filter(None, parts))
    more = f" 等 {len(numbers)} 件" if len(numbers) > _NAMED else ""
    named = "、".join(numbers[:_NAMED]) + more
    listed = ": ".join(filter(None, [said.get("list"), named])) or "整个台账"
    contacts = len(said.get("contacts", ()))
    return listed + (f" (其中只删联系信息 {contacts} 件)" if contacts else "")


_NAMED = 5


def sums(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return per person how often each was done, who did most first."""
    people: dict[tuple[str | None, str], dict[str, int]] = {}
    for deed in found:
        counts = people.setdefault((deed.by, deed.account), {})
        counts[deed.kind] = counts.get(deed.kind, 0) + 1
    rows = [
        {"by": by, "account": account, "counts": {k: c[k] for k in AUDITED if k in c}}
        for (by, account), c in people.items()
    ]
    return sorted(rows, key=lambda row: -sum(row["counts"].values()))
