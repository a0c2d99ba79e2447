"""What was erased stays erased in another ledger, and what was let stay holds there too."""

from __future__ import annotations

import dataclasses
import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sixping.cases import dates, model
from sixping.cases.dates import Due
from sixping.cases.model import PassedOn
from sixping.documents.eventlines import Checks
from sixping.office.streams import MODULES
from sixping.services.upkeep import books
from sixping.store import takeover
from sixping.store.sqlite import reading
from sixping.store.verify import verify
from tests.kit.canary import bytes_found
from tests.kit.events import TYPES
from tests.kit.ledgerkit import stamp
from tests.stories.test_erased_life import LATE, NAME, PHONE, RECEIVED, SPRING, WINTER, adopted
from tests.stories.test_transfer import REVEALED, bare, exported, moved, new_ledger, taken_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Runner

SIGN = ("retention", "--apply", "--approved-by", "分管领导")


@pytest.fixture
def old(call: Runner, tmp_path: Path) -> Path:
    """Lend a ledger: a case whose contact went, one wholly erased, one that lost both in turn."""
    path = adopted(call, tmp_path / "data")

    def do(*argv: str, now: str = RECEIVED) -> None:
        done = call(*argv, now=now)
        assert done.code == 0, (argv, done.err)

    given = ("--reporter", NAME, "--phone", PHONE, "--severity", "一般")
    for number, day in (("1", RECEIVED), ("2", WINTER), ("3", WINTER)):
        do("intake", f"路灯不亮{number}, {NAME}说", *given, "--source-no", f"GZ-{number}", now=day)
        for argv in (
            ("accept", f"2024-{number}"),
            ("amend", f"2024-{number}", "--place", "江南大道", "--reason", "补充"),
            ("assign", f"2024-{number}", "--lead", "城市管理办"),
            ("note", f"2024-{number}", "记错了"),
            ("undo", f"2024-{number}"),
            ("resolve", f"2024-{number}", "--outcome", f"已修复, {NAME}认可"),
            ("feedback", f"2024-{number}", f"已告知{NAME}"),
            ("close", f"2024-{number}"),
        ):
            do(*argv, now=day)
    do(*SIGN, now="2024-12-20T10:00:00+08:00")  # the contact of the first
    do("retention", "hold", "2024-2", "--reason", "信访复查", now=SPRING)
    do("erase", "2024-3", "--basis", "本人申请", "--yes", now="2025-01-06T10:00:00+08:00")
    do("retention", "release", "2024-2", "--reason", "复查完毕", now="2025-12-01T10:00:00+08:00")
    do(*SIGN, now="2025-12-01T11:00:00+08:00")  # the contact of the second
    do(*SIGN, now=SPRING)  # the record of the first
    assert verify(path)["ok"]
    return path


def kept_of(path: Path) -> list[dict[str, str]]:
    with reading(path) as con:
        rows = con.execute("SELECT facts FROM events WHERE kind = 'erased' ORDER BY seq")
        return [json.loads(facts).get("kept", {}) for (facts,) in rows.fetchall()]


@pytest.mark.parametrize("options", [(), REVEALED], ids=["masked", "revealed"])
def test_what_was_erased_stays_erased_from_ledger_to_ledger(
    options: tuple[str, ...], call: Runner, tmp_path: Path, old: Path
) -> None:
    assert any(kept_of(old))
    file = tmp_path / "all.jsonl"
    lines = exported(call, old, file, LATE, *options)
    assert '"kind": "swept"' in "\n".join(lines)
    here = taken_in(call, file, tmp_path / "new.sqlite3", LATE)
    exported(call, here, tmp_path / "again.jsonl", LATE, *options)
    third = taken_in(call, tmp_path / "again.jsonl", tmp_path / "third.sqlite3", LATE)
    for path in (here, third):
        found = verify(path)
        assert found["ok"], found["findings"]
        assert books.rebuild(path, stamp(), check=True) == []
        assert bytes_found(path, (NAME, PHONE, "GZ-1", "GZ-3", "路灯不亮1", "路灯不亮3")) == []
        assert [len(kept) for kept in kept_of(path)] == [len(kept) for kept in kept_of(old)]
        for argv in (
            ("audit",), ("list", "--all"), ("report", "--month", "2024-12"), ("retention", "list"),
            ("lapses", "--from", "2024-12-01", "--to", "2024-12-31"), ("show", "2024-2"),
        ):  # fmt: skip
            was, now = (
                json.loads(call("--ledger", str(p), *argv, "--json", now=LATE).out)
                for p in (old, path)
            )
            assert stripped(was) == stripped(now), argv
        shown = call("--ledger", str(path), "show", "2024-3", now=LATE)
        assert "(已删除)" in shown.out, shown


def stripped(document: Any) -> Any:
    """Return what a command answered without numbers of events, exports, and its own ledger."""
    if isinstance(document, dict):
        return {
            k: stripped(v) for k, v in bare(document).items()
            if k not in {"seq", "erased_by", "voided_by", "sums", "reasons", "caller", "evidence",
                         "events", "people"}
        }  # fmt: skip
    if isinstance(document, list):
        kept = [one for one in document if not _export(one)]
        return [stripped(one) for one in kept]
    return re.sub(r"第 \d+ 号", "第 号", document) if isinstance(document, str) else document


def _export(one: Any) -> bool:
    return isinstance(one, dict) and one.get("kind") in {"导出", "exported"}


def test_a_file_in_which_erased_words_are_back_is_refused(
    call: Runner, tmp_path: Path, old: Path
) -> None:
    """Somebody has an old copy, and makes every check of the file anew."""
    file = tmp_path / "all.jsonl"
    said = [json.loads(line) for line in exported(call, old, file, LATE, *REVEALED)]
    erased = [e for e in said if e.get("kind") == "erased" and "kept" in e["facts"]][-1]
    stays = next(
        each for each in said
        if str(each.get("seq")) in erased["facts"]["kept"] and "erased_by" not in each
    )  # fmt: skip
    gone = next(each for each in said if "erased_by" in each)
    for target, words in ((stays, {"text": "别的"}), (gone, {"text": "别的"})):
        was = dict(target)
        target["words"], target["salt"] = words, "00" * 16
        checks = Checks()
        bodies = [{k: v for k, v in each.items() if k != "check"} for each in said]
        file.write_text("\n".join(map(checks.sealed, bodies)) + "\n", encoding="utf-8")
        target.clear()
        target.update(was)
        here = new_ledger(call, tmp_path / f"{target['seq']}.sqlite3", LATE)
        before = here.read_bytes()
        done = call("--ledger", str(here), "import", str(file), now=LATE)
        assert done.code == 65, done.err
        assert here.read_bytes() == before


# --- what names an event -------------------------------------------------------------------


class Naming(NamedTuple):
    """A fact of a kind of event that may be the number of another one."""

    kind: str
    fact: str


def suspects() -> Iterator[Naming]:
    """Yield the facts of every recorded kind that look like numbers of events, however deep."""
    recorded = [*TYPES.values()]
    for module in MODULES.values():
        recorded += import_module(module).TYPES.values()
    for cls in recorded:
        for field in dataclasses.fields(cls):
            names = (field.name, *_inner(str(field.type)))
            if any(name in {"of", "evidence"} or "seq" in name for name in names):
                yield Naming(cls.kind, field.name)


def _inner(annotation: str) -> Iterator[str]:
    """Yield the names of all fields of the tuples that an annotation names."""
    for word in re.findall(r"\w+", annotation):
        for module in (dates, model):
            named: Any = getattr(module, word, None)
            if hasattr(named, "_fields"):
                yield from named._fields
                for part in named.__annotations__.values():
                    yield from _inner(getattr(part, "__forward_arg__", str(part)))


#: say of what state of the ledger a paper, or a handover, was made: one of where it was made
_OF_PAPERS = {
    ("minuted", "ledger_seq"), ("report_frozen", "ledger_seq"),
    ("shift_handed_over", "ledger_seq"), ("assessment_drafted", "seq"),
}  # fmt: skip


def test_every_fact_that_names_an_event_is_moved_or_known_to_stay() -> None:
    found = set(suspects())
    assert {name.fact for name in found if name.kind == "voided"} == {"seq", "dues"}
    for kind, fact in found:
        assert (
            fact in {"dues", "taken"}
            or fact in takeover.NAMING.get(kind, ())
            or (kind, fact) in _OF_PAPERS
        ), (kind, fact)
    assert Due._fields[-1] == "of"
    assert PassedOn._fields[0] == "seq"


def test_a_sweep_names_the_erasure_before_it_here_too(
    call: Runner, tmp_path: Path, old: Path
) -> None:
    file = tmp_path / "all.jsonl"
    exported(call, old, file, LATE)
    here = taken_in(call, file, tmp_path / "new.sqlite3", LATE)
    with reading(here) as con:
        rows = con.execute("SELECT seq, facts FROM events WHERE kind = 'swept'").fetchall()
        assert rows
        for seq, facts in rows:
            named = json.loads(facts)["seq"]
            (kind,) = con.execute("SELECT kind FROM events WHERE seq = ?", (named,)).fetchone()
            assert (kind, named < seq) == ("erased", True)


def test_facts_move_whole() -> None:
    facts = {"seqs": [1, 2], "kept": {"3": "ab"}, "numbers": ["2026-000001"]}
    assert takeover.shifted("erased", facts, 10) == {
        "seqs": [11, 12], "kept": {"13": "ab"}, "numbers": ["2026-000001"]
    }  # fmt: skip
    assert takeover.shifted("swept", {"seq": 7}, 10) == {"seq": 17}
    assert moved({"seq": 7}, 10) == {"seq": 17}
