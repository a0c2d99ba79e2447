"""The calendar group as its users meet it: a duty officer, a script, cron, a spreadsheet."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sixping.calendar.holiday_notice import parse_notice
from sixping.commands.calendar import enter as entering
from sixping.render.ics import fold
from sixping.workdays import load_calendar
from tests.conftest import ROOT, Runner
from tests.kit.ledgerkit import rows
from tests.services.test_reschedule import NOTICE_2027, apply, enter, intake

NOW = "2026-12-28T09:00:00+08:00"
ORDER = (
    'title = "演示调休"\ndocument = "演字〔2026〕9号"\nscope = ["滨江区"]\n'
    "off = [2026-12-31]\nworked = [2027-01-09]\n"
)
LOCAL = ("--off", "2026-12-04", "--document", "演字1号", "--scope", "滨江区")
EXPLAIN = ["explain", "--from", "2026-09-30", "--workdays", "5"]


# --- show ------------------------------------------------------------------------------


def test_a_month_is_a_grid_that_fits_eighty_columns_and_gbk(call: Runner) -> None:
    done = call("calendar", "show", "2026-10", "--format", "table")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("2026年10月")
    assert lines[0].endswith("工作日 18")
    assert lines[1].split() == list("一二三四五六日")
    assert lines[2].split() == ["1休", "2休", "3休", "4休"]
    assert "10班" in done.out
    assert "休 10月1日至7日" in done.out
    done.out.encode("gbk")


def test_a_year_stands_in_two_columns_of_months(call: Runner) -> None:
    done = call("calendar", "show", "2027", "--format", "table")
    lines = done.out.splitlines()
    assert "2027年1月 暂定" in lines[0]
    assert "2027年2月 暂定" in lines[0]
    assert all(len(line.encode("gbk")) <= 80 for line in lines)
    assert sum(line.count("工作日") for line in lines) == 12


def test_a_local_order_is_starred_and_named(call: Runner) -> None:
    out = call("calendar", "show", "2016-09", "--format", "table").out
    assert "1休*" in out
    assert "10班*" in out
    assert "G20杭州峰会调休 (本地文件)" in out
    assert "依据: 杭政办函〔2016〕75号" in out


def test_scripts_get_one_day_a_line_and_json_every_source(call: Runner) -> None:
    head, *lines = call("calendar", "show", "2026-02").out.splitlines()
    assert head.split("\t") == ["date", "label", "working", "name", "source"]
    assert len(lines) == 28
    assert lines[13].split("\t")[:4] == ["2026-02-14", "补班", "是", "春节"]
    document = call("calendar", "show", "2027-02", "--json").json()
    assert {day["kind"] for day in document["days"]} == {"provisional"}
    assert document["workdays"] == sum(day["working"] for day in document["days"])
    assert all(day["source"] for day in document["days"])


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026年", "2026-01-01", "2026-12-31"),
        ("2026-2", "2026-02-01", "2026-02-28"),
        ("2026年10月", "2026-10-01", "2026-10-31"),
        ("10月", "2026-10-01", "2026-10-31"),
        (None, "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_is_written_as_people_write_it(
    call: Runner, given: str | None, first: str, last: str
) -> None:
    argv = [given] if given else []
    document = call("calendar", "show", *argv, "--json", now=NOW).json()
    assert (document["from"], document["to"]) == (first, last)


@pytest.mark.parametrize("given", ["2026-13", "10", "明年", "", "2026-00"])
def test_a_period_nobody_can_mean_is_a_usage_fault(call: Runner, given: str) -> None:
    assert call("calendar", "show", given, now=NOW).code == 2


def test_a_year_outside_the_calendar_is_refused(call: Runner) -> None:
    assert call("calendar", "show", "2003").code == 65


# --- check -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "kinds", "left"),
    [
        ("2026-12-10T09:00:00+08:00", [], 1),
        ("2026-12-11T09:00:00+08:00", ["horizon"], 0),
        ("2027-01-04T09:00:00+08:00", ["unpublished"], 0),
    ],
)
def test_check_says_when_the_horizon_matters(
    call: Runner, now: str, kinds: list[str], left: int
) -> None:
    done = call("calendar", "check", "--json", "--exit-code", now=now)
    assert done.code == (3 if kinds else 0)
    found = json.loads(done.out)
    assert [each["kind"] for each in found["findings"]] == kinds
    assert found["provisional_from"] == "2026-12-11"
    assert found["workdays_until"] == left
    assert call("calendar", "check", now=now).code == 0


def test_check_says_nothing_to_cron_when_there_is_nothing(call: Runner) -> None:
    done = call("calendar", "check", "--exit-code", now="2026-11-23T09:00:00+08:00")
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.usefixtures("ledger")
def test_check_finds_cases_that_wait_and_a_year_that_disagrees(
    call: Runner, tmp_path: Path
) -> None:
    intake(call, NOW)
    known = load_calendar().year(2026)
    assert known is not None
    data = known.as_data()
    data["days"].append({"name": "演示", "date": "2026-12-30", "isOffDay": True})
    (tmp_path / "y.json").write_text(json.dumps(data), encoding="utf-8")
    assert call("calendar", "import", "y.json", "--yes", now=NOW).code == 0
    found = call("calendar", "check", "--json", now=NOW).json()["findings"]
    kinds = {each["kind"] for each in found}
    assert {"disagreement", "apply"} <= kinds
    apply(call, NOW)
    found = call("calendar", "check", "--json", now=NOW).json()["findings"]
    assert "apply" not in {each["kind"] for each in found}


# --- due -------------------------------------------------------------------------------


def test_lines_come_back_in_order_with_due_date_and_mark(call: Runner) -> None:
    done = call(
        "calendar", "due", "--stdin", stdin="2026-09-30 5\n2026-12-11\t15\n\n2020-01-23 1\n"
    )
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "2026-09-30 5 2026-10-13 否",
        "2026-12-11\t15\t2027-01-04\t是",
        "",
        "2020-01-23 1 2020-02-03 否",
    ]


def test_a_faulty_line_keeps_its_place_and_is_named(call: Runner) -> None:
    lines = "2026-09-31 5\nx\n2026-09-30 -1\n2026-09-30 99999\n2026-09-30 1\n1999-01-01 1\n"
    done = call("calendar", "due", "--stdin", stdin=lines)
    assert done.code == 65
    assert [line.split()[-1] for line in done.out.splitlines()] == ["-", "-", "-", "-", "否", "-"]
    spoken = call("calendar", "due", "--stdin", stdin="\ufeff2026年9月30日 5\n2026/9/30 5\n")
    assert [line.split()[2] for line in spoken.out.splitlines()] == ["2026-10-13"] * 2
    assert [line[:5] for line in done.err.splitlines()] == [f"第 {n} 行" for n in (1, 2, 3, 4, 6)]


def test_one_due_date_is_counted_from_what_people_write(call: Runner) -> None:
    done = call("calendar", "due", "--from", "2026年9月30日 15:00", "--workdays", "5", "--json")
    assert done.json() == {
        "from": "2026-09-30T15:00:00+08:00",
        "workdays": 5,
        "due": "2026-10-13T17:00:00+08:00",
        "provisional": False,
        "profile": "civil-code",
    }
    assert "2026年9月30日(周三) 15:00" in done.err


@pytest.mark.parametrize(
    "argv", [[], ["--from", "2026-09-30"], ["--stdin", "--from", "2026-09-30"]]
)
def test_half_a_question_is_a_usage_fault(call: Runner, argv: list[str]) -> None:
    assert call("calendar", "due", *argv).code == 2


@pytest.mark.parametrize("argv", [["show"], ["check"], ["due", "--stdin"]])
def test_reading_needs_no_ledger(call: Runner, argv: list[str]) -> None:
    assert call("calendar", *argv, now=NOW).code == 0


def test_a_ledger_that_cannot_be_read_is_told_of_and_the_shipped_calendar_used(
    call: Runner, ledger: Path
) -> None:
    ledger.write_bytes(b"no ledger at all")
    for argv in (["calendar", "show", "2026-10"], ["calendar", "check"], EXPLAIN):
        done = call(*argv, now="2026-11-23T09:00:00+08:00")
        assert done.code == 0, done.err
        assert done.err.count("只用自带的日历") == 1


@pytest.mark.parametrize("argv", [["apply"], ["ics"], ["import", "x.json"], ["add-local", *LOCAL]])
def test_what_writes_or_shows_cases_needs_one(call: Runner, argv: list[str]) -> None:
    done = call("calendar", *argv, now=NOW)
    assert done.code == 78
    assert "sixping init" in done.err


# --- import ----------------------------------------------------------------------------


def test_the_placeholder_is_refused_and_changes_nothing(
    call: Runner, ledger: Path, shared_data: Path
) -> None:
    before = ledger.read_bytes()
    path = str(shared_data / "holiday-cn" / "2027.json")
    for more in ([], ["--yes"], ["--dry-run"]):
        done = call("calendar", "import", path, *more, now=NOW)
        assert done.code == 65
        assert "占位文件" in done.err
        assert "公布" in done.err
    assert ledger.read_bytes() == before


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("year", [2020, 2024, 2026])
def test_the_widespread_files_change_no_day(call: Runner, shared_data: Path, year: int) -> None:
    path = str(shared_data / "holiday-cn" / f"{year}.json")
    done = call("calendar", "import", path, "--yes", now=NOW)
    assert (done.code, done.out) == (0, "")
    assert "是否上班有变化的 0 天" in done.err
    again = call("calendar", "import", path, "--yes", now=NOW)
    assert "已有同样的内容" in again.err
    fingerprint = call("calendar", "check", "--json", now=NOW).json()["fingerprint"]
    assert fingerprint == load_calendar().fingerprint
    assert apply(call, NOW) == []


def write_2027(tmp_path: Path) -> None:
    extra = [{"name": "演示", "date": f"2027-12-{n}", "isOffDay": True} for n in (29, 30, 31)]
    data = parse_notice(NOTICE_2027).as_data() | {"papers": ["演示通知 (虚构)"]}
    data["days"] += extra
    (tmp_path / "2027.json").write_text(json.dumps(data), encoding="utf-8")


def test_without_a_terminal_the_difference_is_shown_and_yes_is_wanted(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    write_2027(tmp_path)
    done = call("calendar", "import", "2027.json", now=NOW)
    assert done.code == 2
    assert "--yes" in done.err
    assert "2027-01-04\t上班\t休息 元旦" in done.out
    assert rows(ledger, "SELECT count(*) FROM events WHERE stream = 'calendar'") == [(0,)]
    dry = call("calendar", "import", "2027.json", "--dry-run", now=NOW)
    assert (dry.code, dry.out) == (0, done.out)
    assert "通常为 13 天" in dry.err  # three days more than usual are remarked


def test_half_a_notice_does_not_pass_for_a_whole_one(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    half = "\n".join(NOTICE_2027.splitlines()[:5])
    (tmp_path / "half.txt").write_text(half, encoding="utf-8")
    done = call("calendar", "import", "--notice", "half.txt", "--yes", now=NOW)
    assert done.code == 65
    assert "法定节日没有放假" in done.err
    assert "2027-10-01 国庆节" in done.err
    assert "春节" not in done.err
    assert rows(ledger, "SELECT count(*) FROM events WHERE stream = 'calendar'") == [(0,)]


def test_an_import_is_an_event_with_its_provenance(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    write_2027(tmp_path)
    done = call("--by", "演示甲", "calendar", "import", "2027.json", "--yes", now=NOW)
    assert done.code == 0, done.err
    assert "2027 年由暂定变为已公布" in done.err
    ((by, at, facts),) = rows(
        ledger, "SELECT by_name, recorded_at, facts FROM log WHERE stream = 'calendar'"
    )
    assert (by, at) == ("演示甲", NOW)
    data = json.loads(str(facts))
    ((told,),) = rows(ledger, "SELECT fields FROM told")
    assert json.loads(str(told))["file"] == "2027.json"
    assert data["layer"]["year"] == 2027
    shown = call("calendar", "show", "2027-01", "--json", now=NOW).json()
    assert shown["days"][3]["source"] == "演示通知 (虚构)"
    assert call("explain", "--from", "2026-12-31", "--workdays", "1", now=NOW).code == 0
    assert "year_imported" in call("log", "--json", now=NOW).out


@pytest.mark.usefixtures("ledger")
def test_a_notice_is_read_from_stdin_and_from_gbk(call: Runner, tmp_path: Path) -> None:
    done = call("calendar", "import", "--notice", "-", "--yes", stdin=NOTICE_2027, now=NOW)
    assert done.code == 0, done.err
    (tmp_path / "g.txt").write_bytes(NOTICE_2027.encode("gb18030"))
    again = call("calendar", "import", "--notice", "g.txt", "--yes", now=NOW)
    assert "已有同样的内容" in again.err
    wrong = NOTICE_2027.replace("（周五）", "（周四）")
    done = call("calendar", "import", "--notice", "-", "--yes", stdin=wrong, now=NOW)
    assert done.code == 65
    assert "2027-01-01 是周五, 不是周四" in done.err


@pytest.mark.usefixtures("ledger")
def test_a_notice_without_a_title_needs_its_year(call: Runner) -> None:
    text = NOTICE_2027.partition("\n")[2]
    asked = ("calendar", "import", "--notice", "-", "--dry-run")
    assert call(*asked, stdin=text, now=NOW).code == 65
    assert call(*asked, "--year", "2027", stdin=text, now=NOW).code == 0


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ([], 2),
        (["a.json", "--notice", "b.txt"], 2),
        (["a.json", "--year", "2027"], 2),
        (["nowhere.json"], 74),
        (["broken.json"], 65),
        (["order.toml"], 65),
        (["."], 74),
    ],
)
def test_what_cannot_be_imported_is_refused_by_its_kind(
    call: Runner, tmp_path: Path, argv: list[str], code: int
) -> None:
    (tmp_path / "broken.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "order.toml").write_text(ORDER, encoding="utf-8")
    done = call("calendar", "import", *argv, "--yes", now=NOW)
    assert done.code == code
    assert "Traceback" not in done.err


def test_on_a_terminal_it_asks_and_no_means_no(ledger: Path, tmp_path: Path) -> None:
    write_2027(tmp_path)
    for answer, code, events in (("n", 1, 0), ("y", 0, 1)):
        main, end = pty.openpty()
        with os.fdopen(main, "wb", buffering=0) as keys:
            program = subprocess.Popen(
                [sys.executable, "-m", "sixping", "calendar", "import", "2027.json"],
                env={
                    "HOME": str(tmp_path), "PATH": os.defpath, "PYTHONPATH": str(ROOT),
                    "SIXPING_NOW": NOW, "SIXPING_LEDGER": str(ledger), "LANG": "C.UTF-8",
                },
                cwd=tmp_path, stdin=end, stderr=end, stdout=subprocess.PIPE,
            )  # fmt: skip
            keys.write(f"{answer}\n".encode())
            out, _ = program.communicate(timeout=60)
            os.close(end)
        assert program.returncode == code
        assert "2027-01-04" in out.decode()
        found = rows(ledger, "SELECT count(*) FROM events WHERE stream = 'calendar'")
        assert found == [(events,)]


# --- local orders ----------------------------------------------------------------------


def test_a_local_order_holds_within_its_dates_and_scope(call: Runner, ledger: Path) -> None:
    done = call("calendar", "add-local", *LOCAL, "--yes", "--by", "演示甲", now=NOW)
    assert done.code == 0, done.err
    assert "2026-12-04" in done.out
    days = call("calendar", "show", "2026-12", "--json", now=NOW).json()["days"]
    assert [day["date"] for day in days if day["kind"] == "local"] == ["2026-12-04"]
    ((facts,),) = rows(ledger, "SELECT facts FROM events WHERE kind = 'order_added'")
    assert "演示甲" not in str(facts)  # a name stands in the envelope, not in what is hashed
    other = ("--off", "2026-12-08", "--document", "演字2号", "--scope", "演示县")
    done = call("calendar", "add-local", *other, "--yes", now=NOW)
    assert "不影响本单位" in done.err
    assert done.out == ""


@pytest.mark.usefixtures("ledger")
def test_an_order_from_a_file_is_the_same_as_from_options(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "o.toml").write_text(ORDER, encoding="utf-8")
    assert call("calendar", "add-local", "o.toml", "--yes", now=NOW).code == 0
    same = (
        "--off", "2026-12-31", "--work", "2027-01-09", "--title", "演示调休",
        "--document", "演字〔2026〕9号", "--scope", "滨江区",
    )  # fmt: skip
    assert "已有同样的内容" in call("calendar", "add-local", *same, "--yes", now=NOW).err


@pytest.mark.usefixtures("ledger")
def test_all_that_is_missing_of_an_order_is_named_at_once(call: Runner) -> None:
    done = call("calendar", "add-local", now=NOW)
    assert done.code == 2
    assert all(word in done.err for word in ("--document", "--scope", "--off", "--work"))
    twice = call("calendar", "add-local", *LOCAL, "--work", "2026-12-04", now=NOW)
    assert (twice.code, "2026-12-04 既写了 --off 又写了 --work" in twice.err) == (2, True)
    both = call("calendar", "add-local", "o.toml", *LOCAL, now=NOW)
    assert both.code == 2


def test_the_summit_is_right_with_the_shipped_order_and_wrong_without(
    call: Runner, tmp_path: Path
) -> None:
    asked = ("calendar", "due", "--stdin")
    lines = "2016-08-26 1\n2016-08-31 1\n2016-08-31 5\n2016-09-09 1\n"
    right = call(*asked, stdin=lines).out.splitlines()
    assert [line.split()[2] for line in right] == [
        "2016-08-28", "2016-09-08", "2016-09-12", "2016-09-10",
    ]  # fmt: skip
    folder = tmp_path / "data" / "calendar"
    folder.mkdir(parents=True)
    (folder / "here.toml").write_text('places = ["演示县"]\n', encoding="utf-8")
    wrong = call(*asked, stdin=lines, env={"SIXPING_DATA": str(folder.parent)}).out.splitlines()
    assert [line.split()[2] for line in wrong] == [
        "2016-08-29", "2016-09-01", "2016-09-07", "2016-09-12",
    ]  # fmt: skip


# --- ics -------------------------------------------------------------------------------


def unfolded(content: str) -> list[str]:
    return content.replace("\r\n ", "").split("\r\n")


@pytest.mark.usefixtures("ledger")
def test_the_feed_holds_running_deadlines_and_nothing_a_citizen_said(
    call: Runner, run: Runner
) -> None:
    case = call(
        "intake", "演示小区漏水, 联系 13800000000", "--reporter", "演示甲", "--phone",
        "13800000000", "--severity", "一般", "--json", now=NOW,
    ).json()  # fmt: skip
    done = run("calendar", "ics", now=NOW)
    assert done.code == 0, done.err
    assert "\n" not in done.out.replace("\r\n", "")
    for secret in ("漏水", "13800000000", "演示甲", "演示小区"):
        assert secret not in done.out
    lines = unfolded(done.out)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    starts = [line for line in lines if line.startswith("DTSTART:")]
    due = sorted(c["due"] for c in case["clocks"])
    utc = [datetime.fromisoformat(d).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for d in due]
    assert starts == [f"DTSTART:{each}" for each in utc]
    assert lines.count("STATUS:TENTATIVE") == 2  # those in the year without a notice


@pytest.mark.usefixtures("ledger")
def test_a_deadline_that_moves_keeps_its_uid_and_raises_its_sequence(
    call: Runner, run: Runner, tmp_path: Path
) -> None:
    intake(call, NOW)

    def feed() -> dict[str, tuple[int, str]]:
        found = {}
        for event in run("calendar", "ics", now=NOW).out.split("BEGIN:VEVENT")[1:]:
            value = dict(line.split(":", 1) for line in unfolded(event) if ":" in line)
            found[value["UID"]] = (int(value["SEQUENCE"]), value["DTSTART"])
        return found

    before = feed()
    enter(call, tmp_path, NOTICE_2027, NOW)
    apply(call, NOW)
    after = feed()
    assert before.keys() == after.keys()
    changed = {uid.split("-")[3].split("@")[0] for uid in before if before[uid] != after[uid]}
    assert changed == {"finish", "ceiling"}  # of the ceiling only the mark is gone
    assert all(after[uid][0] > before[uid][0] for uid in before if before[uid] != after[uid])
    assert sum(before[uid][1] != after[uid][1] for uid in before) == 1


@pytest.mark.usefixtures("ledger")
def test_a_feed_without_cases_is_still_a_calendar(run: Runner, tmp_path: Path) -> None:
    done = run("calendar", "ics", "-o", "d.ics", now=NOW)
    assert (done.code, done.out) == (0, "")
    content = (tmp_path / "d.ics").read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")


@pytest.mark.parametrize("text", ["SUMMARY:" + "街" * 200, "a" * 75, "a" * 76, "x" + "😀" * 60, ""])
def test_lines_are_folded_at_75_octets_and_never_inside_a_character(text: str) -> None:
    folded = fold(text)
    lines = folded.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() is not None for line in lines)
    assert folded.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode() == text


def test_an_independent_reader_finds_the_same_deadlines(
    call: Runner, run: Runner, ledger: Path
) -> None:
    icalendar = pytest.importorskip("icalendar")
    assert ledger.is_file()
    case = intake(call, NOW)
    found = icalendar.Calendar.from_ical(run("calendar", "ics", now=NOW).out)
    events = found.walk("VEVENT")
    dues = {event.decoded("dtstart").astimezone(UTC) for event in events}
    assert dues == {datetime.fromisoformat(c["due"]).astimezone(UTC) for c in case["clocks"]}
    assert {str(event["summary"])[:11] for event in events} == {case["number"]}
    assert date.fromisoformat(case["clocks"][0]["due"][:10]) > date(2026, 12, 27)


@pytest.mark.parametrize(("other", "code"), [("演字1号", 0), ("演字2号", 75)])
def test_what_another_desk_entered_meanwhile_is_neither_doubled_nor_recorded_over(
    call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch, other: str, code: int
) -> None:
    shown = entering._show_difference
    first = (*LOCAL[:3], other, *LOCAL[4:], "--yes")

    def show(*given: object) -> None:
        monkeypatch.setattr(entering, "_show_difference", shown)
        assert call("calendar", "add-local", *first, now=NOW).code == 0
        shown(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(entering, "_show_difference", show)
    done = call("calendar", "add-local", *LOCAL, "--yes", now=NOW)
    assert done.code == code, done.err
    assert rows(ledger, "SELECT count(*) FROM events WHERE kind = 'order_added'") == [(1,)]
