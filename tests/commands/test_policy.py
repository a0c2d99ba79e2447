"""``policy``: what a ledger works by is shown, checked key by key, compared and adopted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sixping.services import adoption
from sixping.store import documents
from sixping.util import datafiles
from tests.kit.ledgerkit import raw, rows
from tests.kit.street import street

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW, LATER = "2026-11-24T09:00:00+08:00", "2026-11-25T09:00:00+08:00"
POLICY, _ = datafiles.read("policy.toml", datafiles.shipped())
UNITS, _ = datafiles.read("units.toml", datafiles.shipped())


def folder(at: Path, **texts: str) -> Path:
    """Write documents into a folder of their own."""
    at.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (at / f"{name}.toml").write_text(text, encoding="utf-8")
    return at


def adopted(ledger: Path) -> int:
    ((count,),) = rows(ledger, "SELECT count(*) FROM events WHERE kind = 'adopted'")
    return int(count)  # type: ignore[no-any-return, call-overload]


def test_init_adopts_eight_documents_and_shows_the_digest_of_them_all(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert adopted(ledger) == 8
    shown = call("policy", "show", "--json").json()
    assert shown["adopted"]
    names = [one["name"] for one in shown["documents"]]
    assert names[:2] == ["policy", "taxonomy"]
    assert names[-1] == "calendar"
    again = call("--ledger", str(tmp_path / "again.db"), "init", "--json").json()
    assert again["rules"] == shown["rules"]
    assert rows(ledger, "SELECT json_extract(facts, '$.rules') FROM events WHERE seq = 1") == [
        (shown["rules"],)
    ]


def test_one_document_is_shown_as_it_was_adopted(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    assert call("policy", "show", "units").out == UNITS
    assert call("policy", "show", "units.toml", "--json").json()["content"] == UNITS
    assert call("policy", "show", "无此").code == 1


def test_a_document_there_is_not_and_a_folder_without_one_are_named(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    shown = call("policy", "show", "无此")
    assert (shown.code, "没有这份规则: 无此" in shown.err) == (1, True)
    empty = folder(tmp_path / "f")
    for words in (("diff",), ("adopt",), ("adopt", "--dry-run")):
        done = call("policy", *words, str(empty), now=NOW)
        assert done.code == 65
        assert "没有规则文件" in done.err


def test_without_a_ledger_the_data_are_shown(call: Runner) -> None:
    shown = call("policy", "show", "--json").json()
    assert (shown["adopted"], shown["street"]) == (False, "长河街道")


def test_a_folder_is_said_not_obeyed_until_it_is_adopted(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    place = folder(tmp_path / "f", policy=POLICY.replace("workdays = 5", "workdays = 7"))
    desk = {"SIXPING_DATA": str(place)}
    before = call("intake", "占道经营", now=NOW, env=desk)
    assert before.err.count("policy 与台账采用的不同") == 1
    assert "12月1日" in before.err
    assert "不同" not in call("list", now=NOW, env=desk).err, "piped reading stays silent"
    told = call("policy", "diff", "--json", env=desk).json()
    assert [(t["key"], t["old"], t["new"]) for t in told] == [
        ("edition[2020-03-16].limit[finish 一般].workdays", "5", "7")
    ]
    assert call("policy", "diff", env=desk).code == 0, "to differ is a finding only when asked for"
    assert call("policy", "diff", "--exit-code", env=desk).code == 3
    dry = call("policy", "adopt", "--dry-run", env=desk, now=NOW)
    assert (dry.code, adopted(ledger)) == (0, 8)
    assert call("policy", "adopt", env=desk, now=NOW).code == 0
    assert adopted(ledger) == 9
    after = call("intake", "占道经营", "--source-no", "二", now=NOW, env=desk)
    assert "不同" not in after.err
    assert "12月3日" in after.err
    assert call("policy", "diff", env=desk).err.strip() == "没有差别。"
    assert call("verify").code == 0


def test_adopting_what_is_unchanged_records_nothing(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    place = folder(tmp_path / "f", policy=POLICY.replace("\n", "\r\n"), units=UNITS)
    done = call("policy", "adopt", str(place), now=NOW)
    assert done.code == 0
    assert "没有变化" in done.err
    assert adopted(ledger) == 8


def test_events_pin_the_digest_of_the_rules_they_used(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    def pinned() -> str:
        digest: str = call("policy", "show", "--json").json()["rules"]
        return digest[:16]

    first = pinned()
    assert call("intake", "占道经营", now=NOW).code == 0
    place = folder(tmp_path / "f", policy=POLICY.replace("workdays = 5", "workdays = 7"))
    assert call("policy", "adopt", str(place), now=NOW).code == 0
    assert call("intake", "占道经营", "--source-no", "二", now=NOW).code == 0
    found = rows(
        ledger, "SELECT json_extract(facts, '$.terms[3]') FROM events WHERE kind = 'reported'"
    )
    assert found == [(first,), (pinned(),)]
    assert first != pinned()


def test_other_office_hours_make_calendar_apply_due_and_it_says_why(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    assert call("intake", "占道经营", now=NOW).code == 0
    place = folder(tmp_path / "f", policy=POLICY.replace('"17:00"', '"17:30"'))
    done = call("policy", "adopt", str(place), now=NOW)
    assert "有 1 件的期限要相应调整: sixping calendar apply" in done.err
    moved = call("calendar", "apply", "--json", now=NOW).json()
    assert {(m["new"][11:16], m["why"].partition(" ")[0]) for m in moved} == {
        ("17:30", "办公时间或计期方式改变")
    }
    assert call("calendar", "apply", "--json", now=NOW).json() == []
    assert call("verify").code == 0


def test_only_another_way_to_count_days_there_were_rules_for_is_to_be_recounted(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    """More days for what comes in from now on move nothing; later hours do, and their end too."""
    assert call("intake", "占道经营", now=NOW).code == 0
    assert call("calendar", "apply", now=NOW).code == 0
    later = (
        '\n[[edition]]\nfrom = 2027-01-01\nname = "演示"\n[edition.counting]\ncloses = "18:00"\n'
    )
    days = POLICY.replace("workdays = 5", "workdays = 7")
    for text, recounted in ((days, None), (days + later, 1), (days, 1)):
        place = folder(tmp_path / "f", policy=text)
        assert call("policy", "adopt", str(place), now=NOW).code == 0
        facts = rows(
            ledger,
            "SELECT json_extract(facts, '$.recount') FROM events WHERE kind = 'adopted'"
            " ORDER BY seq DESC LIMIT 1",
        )
        assert facts == [(recounted,)]


def test_a_promise_that_stands_against_other_hours_is_looked_at_once(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    """Due at 17:00 today; at 16:30 the office is said to close at 16:00."""
    assert call("intake", "占道经营", now=NOW).code == 0
    place = folder(tmp_path / "f", policy=POLICY.replace('closes = "17:00"', 'closes = "16:00"'))
    late = "2026-11-25T16:30:00+08:00"
    assert call("policy", "adopt", str(place), now=late).code == 0
    moved = call("calendar", "apply", "--json", now=late).json()
    assert [(m["clock"], m["new"][11:16], m["stands"]) for m in moved] == [
        ("accept", "17:00", True), ("finish", "16:00", False), ("ceiling", "16:00", False),
    ]  # fmt: skip
    seq = rows(ledger, "SELECT max(seq) FROM events")
    assert call("calendar", "apply", "--json", now=late).json() == []
    assert rows(ledger, "SELECT max(seq) FROM events") == seq


def test_rules_that_count_as_before_are_no_reason_why_a_date_moved(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    assert call("intake", "占道经营", now=NOW).code == 0
    place = folder(tmp_path / "f", policy=POLICY.replace("workdays = 5", "workdays = 7"))
    assert call("policy", "adopt", str(place), now=NOW).code == 0
    words = ("--off", "2026-11-26", "--document", "演字1号", "--scope", "滨江区", "--yes")
    assert call("calendar", "add-local", *words, now=NOW).code == 0
    moved = call("calendar", "apply", "--json", now=NOW).json()
    assert {(m["clock"], m["why"]) for m in moved} == {
        ("finish", "演字1号"),
        ("ceiling", "演字1号"),
    }


def test_a_check_lists_everything_in_one_run(call: Runner, tmp_path: Path) -> None:
    policy = (
        POLICY.replace("workdays = 5\n", 'workdays = "5"\n')
        .replace('closes = "17:00"', 'closes = "五点"')
        .replace("[edition.readings.small_sample]", "[edition.readings.tiny]")
    )
    units = UNITS.replace('functions = ["治安管理"]\n', "").replace(
        'coordinator = "平安', 'coordinator = "无'
    )
    place = folder(tmp_path / "f", policy=policy, units=units, notes="x = 1")
    (place / "profiles").mkdir()
    (place / "profiles" / "坏.toml").write_text("name = 3", encoding="utf-8")
    answer = call("policy", "check", str(place), "--json")
    assert answer.code == 65
    found = {(f["file"], f["key"], f["kind"]) for f in json.loads(answer.out)["findings"]}
    assert {
        ("policy.toml", "edition[1].limit[3].workdays", "wrong"),
        ("policy.toml", "edition[1].counting.closes", "wrong"),
        ("policy.toml", "edition[1].readings.small_sample", "missing"),
        ("policy.toml", "edition[1].readings.tiny", "wrong"),
        ("units.toml", "coordinator", "wrong"),
        ("notes.toml", "", "unused"),
    } <= found
    assert any(file == "profiles/坏.toml" for file, _, _ in found)


def test_functions_nobody_carries_are_missing_and_those_nobody_needs_unused(
    call: Runner, tmp_path: Path
) -> None:
    units = UNITS.replace('"治安管理"', '"夜间巡逻"')
    answer = call("policy", "check", str(folder(tmp_path / "f", units=units)))
    assert answer.code == 65
    assert "没有单位写有职能“治安管理”" in answer.out
    assert "职能“夜间巡逻”没有类别用到" in answer.out


def test_a_name_that_is_misspelt_is_told_where_it_stands_with_the_one_that_is_near(
    call: Runner, tmp_path: Path
) -> None:
    text, _ = datafiles.read("taxonomy.toml", datafiles.shipped())
    taxonomy = text.replace('lead = "城市管理"', 'lead = "城市管里"', 1)
    told = call("policy", "check", str(folder(tmp_path / "f", taxonomy=taxonomy)), "--json")
    found = json.loads(told.out)
    (fault,) = found["findings"]
    assert (fault["file"], fault["key"][:9]) == ("taxonomy.toml", "category[")
    assert "是否指“城市管理”?" in fault["what"]
    units = UNITS.replace('coordinator = "平安建设办"', 'coordinator = "平安建设"')
    answer = call("policy", "check", str(folder(tmp_path / "g", units=units)))
    assert "不是已列出的单位: 平安建设, 是否指“平安建设办”?" in answer.out
    (tmp_path / "h" / "calendar").mkdir(parents=True)
    (tmp_path / "h" / "calendar" / "places.toml").write_text('places = "x"', encoding="utf-8")
    answer = call("policy", "check", str(tmp_path / "h"))
    assert "calendar/places.toml\tplaces\t应为" in answer.out


def test_a_target_longer_than_its_ceiling_is_refused(call: Runner, tmp_path: Path) -> None:
    policy = POLICY.replace("workdays = 5\n", "workdays = 30\n")
    answer = call("policy", "check", str(folder(tmp_path / "f", policy=policy)))
    assert answer.code == 65
    assert "一般 的 finish 为 30 个工作日, 不应长于 ceiling 的 15 个" in answer.out


@pytest.mark.usefixtures("ledger")
def test_what_differs_by_a_mistake_is_not_said_to_be_adoptable(
    call: Runner, tmp_path: Path
) -> None:
    policy = POLICY.replace("workdays = 15", 'workdays = "15"')
    answer = call("policy", "diff", str(folder(tmp_path / "f", policy=policy)))
    assert '15\t"15"' in answer.out
    assert "policy adopt" not in answer.err
    assert "不能采用; 见 sixping policy check" in answer.err


def test_a_file_that_is_no_toml_hides_no_fault_of_another(call: Runner, tmp_path: Path) -> None:
    units = UNITS.replace('"治安管理"', '"夜间巡逻"')
    answer = call("policy", "check", str(folder(tmp_path / "f", policy="[", units=units)))
    assert answer.code == 65
    assert "policy.toml" in answer.out
    assert "没有单位写有职能“治安管理”" in answer.out


def test_documents_are_held_against_each_other(call: Runner, tmp_path: Path) -> None:
    text, _ = datafiles.read("meetings.toml", datafiles.shipped())
    place = folder(tmp_path / "f", meetings=text.replace('["社会治安"]', '["夜间治安"]'))
    answer = call("policy", "check", str(place))
    assert (answer.code, "没有这个大类: 夜间治安 (taxonomy.toml)" in answer.out) == (65, True)
    units = UNITS.replace('street = "长河街道"', 'street = "演示街道"')
    found = call("policy", "check", str(folder(tmp_path / "g", units=units)), "--json").json()
    assert found["ok"], "its own calendar need not name it"
    assert [(f["file"], f["kind"]) for f in found["findings"]] == [("calendar/places.toml", "note")]
    assert "没有本街道 演示街道" in found["findings"][0]["what"]


def test_a_term_of_keeping_for_a_category_there_is_not_is_refused(
    call: Runner, tmp_path: Path
) -> None:
    entry = 'track = "record"\nkeep = "10年"\ncategories = ["电梯安"]'
    at = folder(tmp_path / "rules", policy=POLICY.replace('track = "record"', entry))
    answer = call("policy", "check", str(at))
    assert (answer.code, "没有这个类别: 电梯安 (taxonomy.toml)" in answer.out) == (65, True)
    folder(at, policy=POLICY.replace('track = "record"', entry.replace("电梯安", "电梯安全")))
    assert call("policy", "check", str(at)).code == 0


def test_calendars_differ_by_place_year_and_day_and_a_remark_is_said_to_be_one() -> None:
    old = adoption.offered()
    data = json.loads(old["calendar"])
    data["places"] = [place for place in data["places"] if place != "杭州市"] + ["演示街道"]
    data["years"] = [year for year in data["years"] if year[0] != 2026]
    fresh = {"calendar": json.dumps(data, ensure_ascii=False), "policy": f"{POLICY}\n# 演示\n"}
    told = adoption.compare(old, fresh)
    assert [(one.document, one.key, one.what, one.new) for one in told[:4]] == [
        ("policy", "", "改动", "只是注释或写法"),
        ("calendar", "杭州市", "删去", ""),
        ("calendar", "演示街道", "增加", ""),
        ("calendar", "2026年", "删去", ""),
    ]
    assert ("2026-02-14", "上班 春节") in {(one.key, one.old) for one in told}


def test_a_sound_folder_passes(call: Runner, tmp_path: Path) -> None:
    assert call("policy", "check", str(street(tmp_path / "s")), "--json").json()["ok"]
    assert call("policy", "check").code == 0
    assert call("policy", "check", str(tmp_path / "无")).code == 65


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "units",
            'name = "江一社区"',
            'name = "江零社区"',
            "units.toml 少了单位 江一社区 (在办 1 件)",
        ),
        (
            "taxonomy",
            'name = "占道经营"',
            'name = "占道"',
            "taxonomy.toml 少了类别 占道经营 (在办 1 件)",
        ),
        ("policy", "from = 2020-03-16", "from = 2020-03-17", "policy.toml 少了 2020-03-16 版"),
    ],
)
def test_what_the_ledger_needs_is_not_taken_from_it(
    call: Runner, ledger: Path, tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    assert call("intake", "占道经营", "--community", "江一社区", now=NOW).code == 0
    text, _ = datafiles.read(f"{name}.toml", datafiles.shipped())
    assert old in text
    place = folder(tmp_path / "f", **{name: text.replace(old, new, 1)})
    for dry in ((), ("--dry-run",)):
        refused = call("policy", "adopt", str(place), *dry, now=NOW)
        assert refused.code == 1
        assert said in refused.err
    assert adopted(ledger) == 8


def test_faulty_rules_are_not_adopted(call: Runner, ledger: Path, tmp_path: Path) -> None:
    place = folder(tmp_path / "f", units=UNITS.replace('"治安管理"', '"夜间巡逻"'))
    for dry in ((), ("--dry-run",)):
        refused = call("policy", "adopt", str(place), *dry, now=NOW)
        assert (refused.code, adopted(ledger)) == (65, 8)
        assert "没有单位写有职能“治安管理”" in refused.err
        assert "没有采用" in refused.err


def test_a_kind_of_meeting_that_was_held_keeps_its_name_or_is_another_name_of_the_new_one(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    plan = ("meeting", "plan", "联席会议", "--date", "2026-12-01", "--convener", "街道领导")
    assert call(*plan, now=NOW).code == 0
    text, _ = datafiles.read("meetings.toml", datafiles.shipped())
    named, other = 'name = "联席会议"\n', 'aliases = ["联席"]'
    assert (text.count(named), text.count(other)) == (1, 1)
    text = text.replace(named, 'name = "演示会"\n')
    refused = call("policy", "adopt", str(folder(tmp_path / "f", meetings=text)), now=NOW)
    assert (refused.code, adopted(ledger)) == (1, 8)
    assert "meetings.toml 少了会议种类 联席会议 (台账里 1 次)" in refused.err
    place = folder(tmp_path / "f", meetings=text.replace(other, 'aliases = ["联席会议"]'))
    assert call("policy", "adopt", str(place), now=NOW).code == 0


def test_a_paper_as_of_then_bears_the_name_of_then_also_of_before_the_ledger(
    call: Runner, tmp_path: Path
) -> None:
    assert call("init", now="2026-11-20T09:00:00+08:00").code == 0
    units = UNITS.replace('street = "长河街道"', 'street = "演示街道"')
    place = folder(tmp_path / "f", units=units)
    words = ("report", "--month", "2026-11", "--format", "md")
    assert "长河街道" in call(*words, now=NOW).out
    assert call("policy", "adopt", str(place), now=LATER).code == 0
    assert "演示街道" in call(*words, now=LATER).out
    for then in (NOW, "2026-11-01T09:00:00+08:00"):
        paper = call(*words, "--as-of", then, now=LATER, env={"SIXPING_DATA": str(place)})
        assert (paper.code, "长河街道" in paper.out) == (0, True), paper.err
        assert "演示街道" not in paper.out


def test_a_unit_whose_people_are_registered_is_not_taken_from_them(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    words = ("units", "person", "add", "演示甲", "--unit", "江一社区", "--from", "2026-11-01")
    assert call(*words, now=NOW).code == 0
    place = folder(tmp_path / "f", units=UNITS.replace('"江一社区"', '"江零社区"'))
    refused = call("policy", "adopt", str(place), now=NOW)
    assert (refused.code, adopted(ledger)) == (1, 8)
    assert "units.toml: " in refused.err
    assert "江一社区" in refused.err


def test_units_adopted_anew_hold_from_that_day_on(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    added = UNITS + '\n[[community]]\nname = "新一社区"\ngrids = ["第一网格"]\n'
    place = folder(tmp_path / "f", units=added)
    assert call("policy", "adopt", str(place), now=NOW).code == 0
    names = {u["name"] for u in call("units", "list", "--json", now=NOW).json()}
    assert "新一社区第一网格" in names
    before = call("units", "list", "--json", "--as-of", "2026-11-23", now=NOW).json()
    assert "新一社区" not in {u["name"] for u in before}


def test_faulty_rules_make_no_ledger(call: Runner, tmp_path: Path) -> None:
    place = folder(tmp_path / "f", units=UNITS.replace('"治安管理"', '"夜间巡逻"'))
    refused = call("--ledger", str(tmp_path / "x.db"), "init", env={"SIXPING_DATA": str(place)})
    assert refused.code == 65
    assert "units.toml" in refused.err
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE documents SET content = content || ' ' WHERE length(content) < 3000", "被改动过"),
        ("DELETE FROM documents WHERE length(content) < 3000", "不见了"),
        (
            "UPDATE documents SET content = 'x = 1' WHERE length(content) < 3000",
            "被改动过",
        ),
        ("INSERT INTO documents VALUES ('00', 'x = 1')", "多出没有记录采用的规则"),
    ],
)
def test_a_document_changed_missing_swapped_or_added_is_found_in_the_chain(
    call: Runner, ledger: Path, harm: str, said: str
) -> None:
    raw(ledger, harm)
    answer = call("verify")
    assert answer.code == 78
    assert "chain" in answer.out
    assert said in answer.out


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE parsed SET data = replace(data, '17:00', '18:00')",
        "DELETE FROM parsed",
        "INSERT INTO parsed VALUES ('00', '1', '{}')",
    ],
)
def test_what_was_read_out_of_documents_is_made_anew(call: Runner, ledger: Path, harm: str) -> None:
    whole = rows(ledger, "SELECT * FROM parsed ORDER BY digest")
    raw(ledger, harm)
    assert call("verify").code == 78
    assert call("rebuild").code == 0
    assert call("verify").code == 0
    assert rows(ledger, "SELECT * FROM parsed ORDER BY digest") == whole


@pytest.mark.parametrize(
    ("harm", "argv"),
    [
        ("DELETE FROM documents", ("policy", "show", "units")),
        ("UPDATE parsed SET data = '{'", ("intake", "占道经营")),
        ("UPDATE parsed SET data = '[1]'", ("intake", "占道经营")),
        (
            """UPDATE parsed SET data = replace(data, '"0102"', '"0101"')""",  # a code twice
            ("intake", "占道经营"),
        ),
    ],
)
def test_rules_that_cannot_be_read_out_of_the_ledger_are_a_fault_with_a_way_out(
    run: Runner, ledger: Path, harm: str, argv: tuple[str, ...]
) -> None:
    raw(ledger, harm)
    done = run(*argv, now=NOW)  # a process keeps what it read
    assert done.code == 78
    assert "台账所采用的规则" in done.err
    assert "sixping verify" in done.err


def test_rows_of_another_parser_are_not_read(run: Runner, ledger: Path) -> None:
    raw(ledger, "UPDATE parsed SET parser = '0', data = replace(data, '17:00', '18:00')")
    assert "17:00" in run("intake", "占道经营", now=NOW).err, "by a process that has read nothing"
    assert "读出内容与原文不符" in run("verify").out, "there never was a parser 0"


def test_rows_that_an_earlier_parser_left_are_no_finding(
    call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rows(ledger, "SELECT DISTINCT parser FROM parsed") == [("1",)]
    monkeypatch.setattr(documents, "PARSER", "2")
    assert call("verify").code != 0
    monkeypatch.setattr(documents, "_EARLIER", {"1"})
    assert call("verify").code == 0


def test_a_change_of_units_is_not_put_before_the_units_adopted_since(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    tmp_path: Path,
) -> None:
    added = UNITS + '\n[[community]]\nname = "新一社区"\n'
    assert call("policy", "adopt", str(folder(tmp_path / "f", units=added)), now=NOW).code == 0
    words = ("units", "add", "新二社区", "--kind", "community", "--from")
    refused = call(*words, "2026-11-20", now=NOW)
    assert refused.code == 1
    assert "2026-11-24" in refused.err
    assert call(*words, "2026-11-24", now=NOW).code == 0
