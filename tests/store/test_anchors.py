"""One parser reads every anchor, and nothing that was not meant as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sixping.errors import BadData
from sixping.store import anchors, custody
from sixping.store.anchors import Anchor, line, read_anchors
from sixping.store.sqlite import reading
from tests.kit.ledgerkit import NOW, lived

TAIL = "9f2c51ab03de77f0"
HEAD = TAIL * 4
LEDGER = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "text",
    [
        f"12:{TAIL}",
        f"12:{TAIL.upper()}",
        f"\uff11\uff12\uff1a{TAIL}",  # typed with a Chinese keyboard
        f"2026-000001\t待受理\t否\t12:{TAIL}",
        f"校验码    12:{TAIL}",
        f"*台账第 12 条, 校验码 {TAIL}, 截至 2026-11-23 09:00:00*",
        f"台账第 12 条\uff0c校验码 {TAIL}",
        f"台账第 12\n条, 校验码 {TAIL}",  # a line broken at the edge of a terminal
        f"统计时段 11月; 台账第 12 号 {TAIL}",
        f"m1 纪要已记 (台账第 12 号, {TAIL})。",
        f"已备份并核验: b.sqlite3 (第 12 条, 校验码 {TAIL})。",
        f"自锚点 (第 12 号, 校验码 {TAIL}) 以来一致",
        f'{{"ok": true, "seq": 12, "head": "{TAIL}"}}',
        f'{{"ledger": {{"seq": 12, "head": "{TAIL}"}}}}',
        f"# 每天一行\n\n12:{TAIL}\n",
    ],
)
def test_every_form_in_which_an_anchor_is_printed_is_read(text: str) -> None:
    assert read_anchors(text, "") == [Anchor(12, TAIL)]


def test_a_line_of_the_program_comes_back_whole() -> None:
    anchor = Anchor(12, HEAD, LEDGER, NOW, {"events": 12, "open": 3})
    text = line(anchor)
    assert list(json.loads(text)) == ["ledger", "seq", "head", "counts", "time"]
    assert read_anchors(f"{text}\n{text}\n", "") == [anchor]


def test_a_manifest_gives_its_anchor_and_the_ledger_it_names() -> None:
    said = {"file": "a.sqlite3", "sha256": "0" * 64, "ledger": LEDGER}
    text = json.dumps(said | {"anchor": {"seq": 12, "head": HEAD}}, indent=2)
    assert read_anchors(text, "") == [Anchor(12, HEAD, LEDGER)]


def test_an_anchor_of_the_ledger_that_was_taken_over_is_not_one_of_this() -> None:
    (found,) = read_anchors(f"已接收 (原台账 01234567 到第 12 号, 校验码 {TAIL})", "")
    assert found.of(LEDGER)
    assert not found.of("f" * 32)
    (found,) = read_anchors(f"备注: 接收自 (标识 01234567, 到第 12 号, 校验码 {TAIL}), 时间", "")
    assert found.ledger == "01234567"


@pytest.mark.parametrize(
    "text",
    [
        "", "没有", "12:", "12:short", "12;9f2c51ab03de77f0", "12:9f2c51ab", f"12:{HEAD}0",
        "12:" + "9" * 15, '{"seq": 12, "head": "9f2c51ab"}', '{"ledger": "0123", "seq": 12, "he',
        f'12:{TAIL}\n{{"seq": 13, "he',
        f"12:{TAIL}\n13:9f2c51ab\n", f"12:{TAIL}\n13:9f2c51ab03de77fx\n",
        "全部规则的校验码 9f2c51ab03de77f0", "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_torn_or_too_short_is_refused_not_passed_over(text: str) -> None:
    with pytest.raises(BadData):
        read_anchors(text, "文件")


def test_eight_digits_are_refused_with_the_reason() -> None:
    with pytest.raises(BadData, match=r"第 2 行的校验码只有 8 位.*凑出"):
        read_anchors(f"12:{TAIL}\n13:9f2c51ab\n", "文件")


@pytest.mark.parametrize(
    "text",
    [
        "9f2c51ab",
        "台账第 12 条, 校验码 9f2c51ab",
        "台账第 12 条\uff0c校验码\uff1a9F2C51AB, 截至 2026-11-23",
        "m1 纪要已记 (台账第 12 号, 9f2c51ab)。",
        "校验码    9f2c51ab",
    ],
)
def test_a_short_tail_is_told_how_long_it_must_be_and_where_the_whole_line_is(text: str) -> None:
    with pytest.raises(BadData, match=r"只有 8 位, 至少要 16 位") as caught:
        read_anchors(text, "--receipt ")
    assert "回执" in caught.value.hint
    assert "末尾" in caught.value.hint


@pytest.mark.parametrize("ledger", ["x", "", "0123", 7, ["0" * 32], {"id": "0" * 32}, "g" * 32])
def test_an_anchor_of_what_is_no_ledger_is_refused_with_its_line(ledger: object) -> None:
    good = line(Anchor(12, HEAD, LEDGER, NOW, {"events": 12}))
    bad = json.dumps(json.loads(good) | {"ledger": ledger})
    with pytest.raises(BadData, match="第 2 行的 ledger 不是台账的标识"):
        read_anchors(f"{good}\n{bad}\n", "文件 ")
    with pytest.raises(BadData, match="ledger"):
        read_anchors(bad, "文件 ")
    assert read_anchors(json.dumps(json.loads(good) | {"ledger": None}), "")


def test_what_citizens_said_is_no_anchor_in_json() -> None:
    said = {"text": f"我的号码 12:{TAIL}", "events": [{"seq": 3, "hash": HEAD, "number": "1"}]}
    with pytest.raises(BadData):
        read_anchors(json.dumps(said), "")
    assert read_anchors(json.dumps(said | {"anchor": f"7:{TAIL}"}), "") == [Anchor(7, TAIL)]


@pytest.mark.parametrize("said", [{"seq": "3", "head": HEAD}, {"seq": 3, "head": "我" * 16}])
def test_what_has_the_keys_of_an_anchor_and_not_its_values_is_none(said: dict[str, object]) -> None:
    with pytest.raises(BadData, match="没有锚点"):
        read_anchors(json.dumps(said), "")


def test_an_anchor_says_what_people_know_the_ledger_by(tmp_path: Path) -> None:
    with reading(lived(tmp_path)[0]) as con:
        taken = anchors.take(con, NOW)
    assert (taken.seq, taken.at) == (7, NOW)
    assert taken.counts == {"events": 7, "cases": 2, "cases_2026": 2}
    assert len(taken.head) == len(HEAD)
    assert taken.ledger is not None
    assert len(taken.ledger) == len(LEDGER)


# --- what was done, kept outside the ledger -------------------------------------------------


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: tmp_path)
    return tmp_path / "custody"


def test_what_was_done_is_known_again_each_for_itself(state: Path) -> None:
    assert custody.last(LEDGER, "backup") is None
    custody.record(LEDGER, "backup", NOW, 3, HEAD, "/x/演示.sqlite3")
    custody.record(LEDGER, "verify", NOW, 4, TAIL)
    assert custody.last(LEDGER, "backup") == (NOW, 3, HEAD, "/x/演示.sqlite3")
    assert custody.last(LEDGER, "verify") == (NOW, 4, TAIL, None)
    assert custody.last("f" * 32, "verify") is None
    files = list(state.iterdir())
    assert len(files) == 2, "two programs that end at once take nothing from each other"
    assert not any(file.stat().st_mode & 0o077 for file in files)


@pytest.mark.parametrize("name", [None, "", "../" + "0" * 29, "0" * 31, "A" * 32])
def test_a_name_that_is_no_ledgers_writes_and_reads_nothing(state: Path, name: str | None) -> None:
    custody.record(name, "backup", NOW, 3, HEAD)
    assert custody.last(name, "backup") is None
    assert not state.exists()


@pytest.mark.parametrize("words", ["", "[]", "{", "3", '{"at": "x"}'])
def test_a_damaged_record_is_no_record_and_is_written_anew(state: Path, words: str) -> None:
    state.mkdir()
    (state / f"{LEDGER}.verify.json").write_text(words, encoding="utf-8")
    assert custody.last(LEDGER, "verify") is None
    custody.record(LEDGER, "verify", NOW, 3, HEAD)
    assert custody.last(LEDGER, "verify") == (NOW, 3, HEAD, None)


def test_a_record_that_cannot_be_kept_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setattr("platformdirs.user_state_path", lambda *_, **__: blocked)
    custody.record(LEDGER, "verify", NOW, 3, HEAD)
    assert custody.last(LEDGER, "verify") is None
