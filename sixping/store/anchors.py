"""Anchors: the place and hash of an event, kept where whoever edits the ledger cannot reach.

Everything the program prints of its state is an anchor: receipts, reports, papers, manifests of
backups and lines of ``anchor``. One parser reads them all. It takes structure alone from JSON:
what citizens said never counts as an anchor there.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData
from sixping.store import log
from sixping.store.rescue import numbers
from sixping.util.clock import from_text, instant, to_text
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.store.sqlite import Connection

LEAST_DIGITS = 16
"""Hex digits of a head, as receipts print them: 8 digits can be ground out in minutes."""
FORM = "请写成 序号:校验码, 校验码照回执或月报抄写, 至少 16 位, 如 1234:9f2c51ab03de77f0。"

WHOLE = (
    f"{FORM}整行照抄: 回执上“校验码”后面的一串, 月报和文书末尾的“台账第 … 条, 校验码 …”; "
    "没有纸的, 用 sixping anchor 存下的文件或备份的清单。"
)

_HEAD = f"[0-9a-f]{{{LEAST_DIGITS},64}}(?![0-9a-z])"
_PAIR = re.compile(rf"(?<![\w.:-])(?P<seq>\d{{1,18}}):(?P<head>{_HEAD})", re.IGNORECASE)
_PRINTED = re.compile(
    r"(?:(?:原台账|标识)\s*(?P<ledger>[0-9a-f]{8,32})[\s,]*到?)?"
    rf"第\s*(?P<seq>\d{{1,18}})\s*[条号][\s,]*(?:校验码)?[\s:]*(?P<head>{_HEAD})",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\d{1,18}:[0-9a-f]{1,15}", re.IGNORECASE)
_ALONE = re.compile(r"[0-9a-f]{4,15}", re.IGNORECASE)
_PRINTED_SHORT = re.compile(
    rf"(?:校验码|第\s*\d{{1,18}}\s*[条号])[\s,:]*({_ALONE.pattern})(?![0-9a-z])", re.IGNORECASE
)
_MEANT = re.compile(r"\d{1,18}[:;]\S*")
_LEDGER = re.compile(r"[0-9a-f]{32}")
_LINE = {"ledger", "seq", "head", "time"}
"""What ``line`` has and no document does whose ``ledger`` is a path."""
_HEX = re.compile(r"[0-9a-f]{1,64}", re.IGNORECASE)


class Anchor(NamedTuple):
    """An event's seq and its hash (or the hash's last digits) in hex.

    ``ledger``: the id of the ledger or how it begins, None where the paper does not say;
    ``at``: when it was taken; ``counts``: what the ledger held then.
    """

    seq: int
    head: str
    ledger: str | None = None
    at: datetime | None = None
    counts: dict[str, int] | None = None

    def of(self, ledger_id: str) -> bool:
        """Return whether this may be an anchor of that ledger."""
        return self.ledger is None or ledger_id.startswith(self.ledger)


_CASES = "SELECT count(*) FROM events WHERE stream = 'case' AND version = 1"


def take(con: Connection, now: datetime | None = None) -> Anchor:
    """Return the anchor of the state read: events, cases, and the last number of each year."""
    seq, link, _ = log.last_link(con)
    (cases,) = con.execute(_CASES).fetchone()
    counts = {"events": seq, "cases": cases} | numbers.for_anchor(con)
    return Anchor(seq, link.hex(), log.ledger_id(con), now, counts)


def line(anchor: Anchor) -> str:
    """Return an anchor as one line of JSON: ledger, seq, head, counts, time."""
    said = {
        "ledger": anchor.ledger,
        "seq": anchor.seq,
        "head": anchor.head,
        "counts": anchor.counts,
        "time": to_text(anchor.at) if anchor.at else None,
    }
    return dump_json(said)


def read_anchors(text: str, where: str) -> list[Anchor]:
    """Return every anchor in a text, each once: lines, receipts, papers, manifests, JSON.

    ``where`` names the text to people. Raises ``BadData`` where there is none, and for one that
    is torn, shorter than ``LEAST_DIGITS`` or names what is no ledger.
    """
    text = unicodedata.normalize("NFKC", text.lstrip("\ufeff"))
    whole = _json(text)
    found = _in_text(text, where) if whole is None else _in_json(whole, None, where)
    anchors = list({(each.seq, each.head, each.ledger): each for each in found}.values())
    if not anchors:
        if whole is None:
            _refuse_short(text, where)
        raise BadData(f"{where}里没有锚点。", FORM)
    return anchors


# --- text ------------------------------------------------------------------------------


def _in_text(text: str, where: str) -> Iterator[Anchor]:
    rest, rows = [], text.splitlines()
    for number, row in enumerate(rows, 1):
        words = row.strip()
        place = f"{where}第 {number} 行" if len(rows) > 1 else where
        if words.startswith('{"'):
            said = _json(words)
            if said is None:
                raise BadData(f"{place}不完整, 不是锚点。", FORM)
            yield from _in_json(said, None, place)
        elif not words.startswith("#"):
            _refuse_nearly(words, place)
            rest.append(row)
    plain = "\n".join(rest)
    for pattern in (_PAIR, _PRINTED):
        for match in pattern.finditer(plain):
            ledger = match.groupdict().get("ledger")
            yield Anchor(int(match["seq"]), match["head"].lower(), ledger and ledger.lower())


def _refuse_nearly(words: str, place: str) -> None:
    """Refuse a line that was meant as an anchor and is none: it must not be passed over."""
    if _SHORT.fullmatch(words):
        raise too_short(place, words.partition(":")[2])
    if _MEANT.fullmatch(words) and not _PAIR.fullmatch(words):
        raise BadData(f"{place}不是锚点: {words[:80]}", FORM)


def _refuse_short(text: str, where: str) -> None:
    """Say of a text without an anchor that what it has of one is too short."""
    printed = _PRINTED_SHORT.search(text)
    if printed or _ALONE.fullmatch(text.strip()):
        raise too_short(where, printed[1] if printed else text.strip())


def too_short(place: str, digits: str) -> BadData:
    """Return the refusal of a hash of too few digits, with the reason."""
    return BadData(
        f"{place}的校验码只有 {len(digits)} 位, 至少要 {LEAST_DIGITS} 位:"
        " 位数太少, 改动台账的人可以凑出同样的。",
        WHOLE,
    )


# --- JSON ------------------------------------------------------------------------------


def _json(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return an object or a list; None for anything else."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _in_json(value: object, ledger: str | None, place: str) -> Iterator[Anchor]:
    """Yield the anchors of a document, by its keys; ``ledger`` is what stands above them."""
    stack: list[tuple[object, str | None]] = [(value, ledger)]
    while stack:
        one, own = stack.pop()
        if isinstance(one, list):
            stack += [(each, own) for each in reversed(one)]
        elif isinstance(one, dict):
            own = _ledger_of(one) or own
            if (anchor := _stated(one, own, place)) is not None:
                yield anchor
            elif isinstance(pair := one.get("anchor"), str) and (match := _PAIR.fullmatch(pair)):
                yield Anchor(int(match["seq"]), match["head"].lower(), own)
            stack += [(each, own) for each in reversed(one.values())]


def _stated(said: dict[str, Any], ledger: str | None, place: str) -> Anchor | None:
    seq, head, at, counts = (said.get(key) for key in ("seq", "head", "time", "counts"))
    if type(seq) is not int or not isinstance(head, str) or not _HEX.fullmatch(head):
        return None
    if len(head) < LEAST_DIGITS:
        raise too_short(place, head)
    if said.keys() >= _LINE and said["ledger"] is not None and _ledger_of(said) is None:
        raise BadData(f"{place}的 ledger 不是台账的标识 (32 位的 0-9、a-f)。", FORM)
    numbers = isinstance(counts, dict) and all(type(each) is int for each in counts.values())
    return Anchor(seq, head.lower(), ledger, _instant(at), counts if numbers else None)


def _ledger_of(said: dict[str, Any]) -> str | None:
    ledger = said.get("ledger")
    return ledger if isinstance(ledger, str) and _LEDGER.fullmatch(ledger) else None


def _instant(value: object) -> datetime | None:
    try:
        return instant(from_text(value)) if isinstance(value, str) else None
    except ValueError:
        return None
