"""How long words are kept (保管期限): two tracks, from archiving, by category and severity.

``record``: everything private of a case, by the office's own table; ``contact``: name and phone
of who reported it. ``draft``: calls that did not end in the ledger, from the call on. What no
entry gives a term is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.util.toml import Table

RECORD, CONTACT, DRAFT = "record", "contact", "draft"
#: track → what people call it
TRACKS = {RECORD: "事项记录", CONTACT: "联系信息", DRAFT: "未登记完的草稿"}
FOR_EVER = "永久"
_TERM = re.compile(r"(\d{1,3}) ?(年|个月|月|天|日)")
_UNITS = {"年": "years", "个月": "months", "月": "months", "天": "days", "日": "days"}


class Keeping(NamedTuple):
    """One entry of the table; ``keep`` None: no term is set, 永久: none ever ends.

    Without ``categories`` or ``severities``: of all.
    """

    track: str
    keep: str | None
    clause: str
    note: str
    categories: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()

    def fits(self, category: str | None, severity: str) -> bool:
        """Return whether the entry is for cases of this category and severity."""
        if self.categories and category not in self.categories:
            return False
        return not self.severities or severity in self.severities

    @property
    def term(self) -> tuple[int, str] | None:
        """Return how many of what (``years months days``) it is kept; None: it does not end."""
        if self.keep is None or self.keep == FOR_EVER:
            return None
        found = _TERM.fullmatch(self.keep)
        assert found  # noqa: S101 - by ``read_keeping``
        return int(found[1]), _UNITS[found[2]]


def keeping_of(
    table: Sequence[Keeping], track: str, category: str | None, severity: str
) -> Keeping | None:
    """Return the first entry of a track for such a case, if there is one."""
    return next((k for k in table if k.track == track and k.fits(category, severity)), None)


def read_keeping(entry: Table) -> Keeping:
    """Read one entry of ``[[retention]]``. Raises ``BadData`` naming the key."""
    track = entry.one_of("track", TRACKS)
    keep = entry.text("keep") if entry.has("keep") else None
    if keep is not None and keep != FOR_EVER and not (
        (found := _TERM.fullmatch(keep)) and int(found[1])
    ):  # fmt: skip
        entry.refuse("keep", f"应为 永久, 或年、个月、天数 (如 10年、6个月、90天), 现为 {keep}")
        keep = None
    severities = entry.texts("severities", ())
    unknown = [name for name in severities if name not in tuple(Severity)]
    if unknown:
        entry.refuse("severities", f"应为 {'、'.join(Severity)} 中的若干级")
    if track == DRAFT and (entry.has("categories") or entry.has("severities")):
        entry.refuse("track", "草稿还没有类别和等级, 不能写 categories、severities")
    made = Keeping(
        track, keep, entry.text("clause"), entry.text("note"), entry.texts("categories", ()),
        severities,
    )  # fmt: skip
    entry.finish()
    return made
