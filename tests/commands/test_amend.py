"""What was said at intake put right, and one's own last step taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sixping.ledger import transaction
from sixping.services.upkeep import books
from sixping.store.sqlite import reading
from sixping.store.verify import verify
from tests.kit.ledgerkit import rows, stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW, LATER = "2026-11-23T09:00:00+08:00", "2026-11-23T10:00:00+08:00"
APPROVED = ("--approved-by", "分管领导")
FIELDS: list[tuple[str, str, str]] = [
    ("text", "江一路夜间施工噪声", "江一路夜间施工噪声"),
    ("place", "江二路2号", "江二路2号"),
    ("reporter", "李四光", "李*"),
    ("phone", "13911112222", "139****2222"),
    ("source_no", "N2", "N2"),
    ("channel", "网格员", "网格员"),
    ("about", "红星餐饮有限公司", "红星餐饮有限公司"),
]

pytestmark = pytest.mark.usefixtures("ledger")


def begin(call: Runner, *more: str, now: str = NOW) -> dict[str, Any]:
    case: dict[str, Any] = call(
        "intake", "江南大道占道经营", "--community", "江一社区", "--place", "江一路1号",
        "--reporter", "张三丰", "--phone", "13800000000", "--source-no", "N1", "--json", *more,
        now=now,
    ).json()  # fmt: skip
    return case


def amend(call: Runner, *argv: str, now: str = LATER, **more: Any) -> dict[str, Any]:
    reason = ("--reason", "登记有误", "--json")
    case: dict[str, Any] = call("amend", "1", *argv, *reason, now=now, **more).json()
    return case


def show(call: Runner, number: str = "1", *more: str) -> dict[str, Any]:
    case: dict[str, Any] = call("show", number, "--json", *more, now=LATER).json()
    return case


def found(call: Runner, *words: str) -> list[str]:
    return [case["number"] for case in call("search", *words, "--json", now=LATER).json()]


def sound(ledger: Path) -> None:
    """The tables are what a replay makes of the events, and a rebuild changes nothing."""
    assert verify(ledger)["findings"] == []
    assert books.rebuild(ledger, stamp(), check=True) == []


@pytest.mark.parametrize(("name", "value", "shown"), FIELDS, ids=[f[0] for f in FIELDS])
def test_every_field_said_at_intake_is_amended_and_the_log_keeps_both(
    call: Runner, ledger: Path, name: str, value: str, shown: str
) -> None:
    before = begin(call)
    case = amend(call, f"--{name.replace('_', '-')}", value)
    assert case[name] == shown
    assert case["version"] == 2
    same = {key for key in before if before[key] == case[key]}
    assert set(before) - same <= {
        name, "version", "events", "duplicates", "segments", "reasons",
    }  # fmt: skip
    assert "更正" in call("show", "1", now=LATER).out
    sound(ledger)


@pytest.mark.parametrize("name", ["place", "phone", "reporter", "source_no", "grid", "about"])
def test_a_field_is_cleared_by_an_empty_word(call: Runner, ledger: Path, name: str) -> None:
    begin(call, "--grid", "江一社区第一网格", "--about", "王五一")
    assert show(call)[name]
    assert amend(call, f"--{name.replace('_', '-')}", "")[name] is None
    assert "清除" in call("show", "1", now=LATER).out
    sound(ledger)


def test_text_and_channel_are_never_cleared(call: Runner) -> None:
    begin(call)
    for name in ("--text", "--channel"):
        done = call("amend", "1", name, "", "--reason", "误")
        assert done.code == 2
        assert "不能清除" in done.err


def test_a_community_is_not_cleared_while_its_grid_stays(call: Runner) -> None:
    begin(call, "--grid", "江一社区第一网格")
    done = call("amend", "1", "--community", "", "--reason", "误", now=LATER)
    assert (done.code, "不能只清除社区" in done.err) == (2, True), done.err
    case = amend(call, "--community", "", "--grid", "")
    assert (case["community"], case["grid"]) == (None, None)


@pytest.mark.parametrize("named", [("--reporter", "李四光"), ("--phone", "13911112222")])
def test_nobody_is_made_anonymous_and_named_at_once(call: Runner, named: tuple[str, str]) -> None:
    begin(call)
    done = call("amend", "1", "--anonymous", *named, "--reason", "误", now=LATER)
    assert (done.code, "不能同时写明反映人或电话" in done.err) == (2, True), done.err
    assert show(call)["version"] == 1


def test_what_is_as_it_was_is_no_amendment(call: Runner) -> None:
    begin(call)
    done = call("amend", "1", "--place", "江一路1号", "--reason", "误", now=LATER)
    assert (done.code, "没有变化" in done.err) == (1, True)
    assert call("amend", "1", "--reason", "误", now=LATER).code == 2


def test_what_is_no_phone_is_not_amended(call: Runner) -> None:
    begin(call)
    done = call("amend", "1", "--phone", "王女士", "--reason", "误", now=LATER)
    assert (done.code, "电话 (--phone)不像电话号码: 没有数字" in done.err) == (2, True)
    assert amend(call, "--phone", "0571-86000000转12")["phone"] != ""


def test_a_grid_tells_its_community_and_neither_contradicts_the_other(call: Runner) -> None:
    begin(call)
    case = amend(call, "--grid", "江二社区第一网格")
    assert (case["community"], case["grid"]) == ("江二社区", "江二社区第一网格")
    done = call("amend", "1", "--community", "江一社区", "--reason", "误", now=LATER)
    assert done.code == 2
    assert "属于江二社区" in done.err
    case = amend(call, "--community", "江一社区", "--grid", "")
    assert (case["community"], case["grid"]) == ("江一社区", None)


def test_a_grid_that_has_ended_goes_when_the_community_is_said_anew(call: Runner) -> None:
    begin(call, "--grid", "江一社区第一网格")
    assert call("units", "end", "江一社区第一网格", "--from", NOW[:10], now=NOW).code == 0
    done = call("amend", "1", "--community", "江二社区", "--reason", "误", now=LATER)
    assert (done.code, "江一社区第一网格 不再属于这一件" in done.err) == (0, True), done.err
    case = show(call)
    assert (case["community"], case["grid"]) == ("江二社区", None)


def test_what_is_amended_is_private_as_it_was(call: Runner, ledger: Path) -> None:
    begin(call)
    amend(call, "--reporter", "李四光", "--phone", "13911112222")
    facts = rows(ledger, "SELECT facts FROM events WHERE kind = 'amended'")
    assert "李四光" not in str(facts)
    assert "13911112222" not in str(facts)
    page = call("show", "1", now=LATER).out
    assert "李四光" not in page
    assert "张三丰" not in page
    call("note", "1", "张三丰和李四光都来过电话", now=LATER)
    page = call("show", "1", now=LATER).out
    assert "张三丰" not in page, "who was named before is hidden too"
    assert "李四光" not in page
    shown = show(call, "1", "--reveal", "--reason", "回访")
    assert shown["reporter"] == "李四光"


def test_search_finds_the_new_words_and_not_the_old(call: Runner) -> None:
    begin(call)
    amend(call, "--place", "江二路2号", "--text", "江一路夜间施工噪声")
    assert found(call, "江二路2号") == found(call, "夜间施工") == ["2026-000001"]
    assert found(call, "江一路1号") == found(call, "占道经营") == []
    assert found(call, "登记有误") == ["2026-000001"], "the reason of the step is of the case"
    call("undo", "1", now=LATER)
    assert found(call, "江二路2号") == []
    assert found(call, "江一路1号") == ["2026-000001"]


def test_repeats_are_judged_by_the_new_place_and_phone(call: Runner) -> None:
    begin(call)
    amend(call, "--place", "演示大道68号", "--phone", "13911112222")
    words = ("江南大道占道经营", "--json", "--community", "江一社区")
    same = call("intake", *words, "--phone", "13911112222", "--place", "演示大道68号", now=LATER)
    (offer,) = same.json()["duplicates"]
    assert offer["number"] == "2026-000001"
    assert any("电话" in reason for reason in offer["reasons"])
    old = call("intake", "路灯不亮", "--json", "--phone", "13800000000", now=LATER).json()
    assert old["duplicates"] == []


def test_the_lists_and_figures_go_by_the_new_community(call: Runner) -> None:
    begin(call)
    amend(call, "--community", "江二社区")
    listed = call("list", "--community", "江二社区", "--json", now=LATER).json()
    assert [case["number"] for case in listed] == ["2026-000001"]
    assert call("list", "--community", "江一社区", "--json", now=LATER).json() == []
    report = call("report", "--month", "2026-11", "--json", now=LATER).json()
    named = {row["name"]: row["received"] for row in report["by_community"]}
    assert named == {"江二社区": 1}


def test_a_past_photograph_keeps_the_old_community(call: Runner) -> None:
    begin(call, now="2026-10-20T09:00:00+08:00")
    amend(call, "--community", "江二社区", now="2026-11-23T10:00:00+08:00")
    report = call("report", "--month", "2026-10", "--json", now=LATER).json()
    named = {row["name"]: (row["received"], row["open"]) for row in report["by_community"]}
    assert named == {"江一社区": (0, 1), "江二社区": (1, 0)}
    as_of = call("report", "--month", "2026-10", "--as-of", "2026-11-01", "--json", now=LATER)
    assert [row["name"] for row in as_of.json()["by_community"]] == ["江一社区"]


def test_a_void_of_one_amendment_leaves_the_others(call: Runner, ledger: Path) -> None:
    begin(call)
    first = amend(call, "--place", "江二路2号", "--phone", "")["events"][-1]["seq"]
    amend(call, "--reporter", "李四光")
    call("void", "1", str(first), "--reason", "没有错", now=LATER)
    case = show(call)
    assert (case["place"], case["phone"], case["reporter"]) == ("江一路1号", "138****0000", "李*")
    sound(ledger)


def test_later_steps_keep_the_amended_words(call: Runner, ledger: Path) -> None:
    begin(call)
    amend(call, "--place", "江二路2号")
    call("accept", "1", now=LATER)
    call("regrade", "1", "--category", "道路照明", "--reason", "核实", now=LATER)
    assert show(call)["place"] == "江二路2号"
    sound(ledger)


def test_erasing_a_case_erases_what_was_amended(call: Runner, ledger: Path) -> None:
    begin(call)
    amend(call, "--place", "演示大道68号", "--source-no", "N2", "--reporter", "李四光")
    with reading(ledger) as con:
        seqs = [seq for (seq,) in con.execute("SELECT seq FROM events WHERE stream = 'case'")]
    with transaction(ledger, stamp()) as work:
        work.erase(seqs, "本人申请")
    case = show(call)
    assert (case["place"], case["text"], case["reporter"]) == (None, None, None)
    left = "SELECT seq FROM case_words UNION SELECT seq FROM traces UNION SELECT seq FROM requests"
    assert rows(ledger, left) == []
    assert "演示大道68号".encode() not in ledger.read_bytes()
    sound(ledger)


def test_erasing_part_of_a_case_leaves_what_is_left_in_agreement(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    seq = amend(call, "--place", "演示大道68号")["events"][-1]["seq"]
    amend(call, "--reporter", "李四光")
    with transaction(ledger, stamp()) as work:
        work.erase([seq], "本人申请")
    assert show(call)["place"] == "江一路1号"
    assert show(call)["reporter"] == "李*"
    sound(ledger)


def test_tables_of_amendments_that_were_tampered_with_are_found_and_made_anew(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    amend(call, "--place", "江二路2号", "--source-no", "N2")
    with transaction(ledger, stamp()) as work:
        work.con.execute("UPDATE case_words SET fields = '{}'")
        work.con.execute("DELETE FROM requests WHERE seq IN (SELECT seq FROM case_words)")
    whats = [finding["what"] for finding in verify(ledger)["findings"]]
    assert any("更正后的内容" in what for what in whats)
    assert any("识别重复登记" in what for what in whats)
    assert books.rebuild(ledger, stamp())
    assert show(call)["place"] == "江二路2号"
    sound(ledger)


# --- the number at its source ------------------------------------------------------------------


def test_an_amended_source_number_is_found_and_so_is_the_first(call: Runner) -> None:
    begin(call)
    amend(call, "--source-no", "N2")
    assert begin(call)["number"] == "2026-000001", "the same request is answered as before"
    other = ("intake", "另一件", "--source-no", "N2", "--json")
    done = call(*other, now=LATER)
    assert (done.code, "2026-000001" in done.err) == (65, True)
    again = call(
        "intake", "江南大道占道经营", "--community", "江一社区", "--place", "江一路1号",
        "--reporter", "张三丰", "--phone", "13800000000", "--source-no", "N2",
        "--channel", "投诉举报电话", "--json", now=LATER,
    )  # fmt: skip
    assert again.json()["number"] == "2026-000001"


def test_the_number_of_another_case_is_refused(call: Runner) -> None:
    begin(call)
    call("intake", "另一件", "--source-no", "N2", now=NOW)
    done = call("amend", "1", "--source-no", "N2", "--reason", "误", now=LATER)
    assert done.code == 1
    assert "已经登记为 2026-000002" in done.err


def test_a_voided_source_number_is_free_again(call: Runner, ledger: Path) -> None:
    begin(call)
    amend(call, "--source-no", "N2")
    call("undo", "1", now=LATER)
    case = call("intake", "另一件", "--source-no", "N2", "--json", now=LATER).json()
    assert case["number"] == "2026-000002"
    sound(ledger)


# --- anonymous, and the receipt -----------------------------------------------------------------


def test_who_wants_to_stay_anonymous_is_no_longer_named(call: Runner, ledger: Path) -> None:
    begin(call)
    case = amend(call, "--anonymous")
    assert (case["anonymous"], case["reporter"], case["phone"]) == (True, None, None)
    done = call("amend", "1", "--phone", "13911112222", "--reason", "误", now=LATER)
    assert (done.code, "--not-anonymous" in done.err) == (2, True)
    case = amend(call, "--not-anonymous", "--phone", "13911112222")
    assert (case["anonymous"], case["phone"]) == (False, "139****2222")
    sound(ledger)


@pytest.mark.parametrize(("everybody", "told"), [((), 1), (("--all",), 0)])
def test_all_who_can_be_reached_are_told_and_who_was_anonymous_then_is_not(
    call: Runner, everybody: tuple[str, ...], told: int
) -> None:
    call("intake", "江南大道占道经营", "--anonymous", now=NOW)
    call("accept", "1", now=NOW)
    call("assign", "1", "--lead", "城管执法中队", now=NOW)
    call("resolve", "1", "--outcome", "已劝离", now=NOW)
    call("feedback", "1", "已当面告知", *everybody, now=NOW)
    amend(call, "--not-anonymous")
    kinds = [item["kind"] for item in call("overdue", "--json", now=LATER).json()["items"]]
    rate = call("report", "--month", "2026-11", "--json", now=LATER).json()["rates"][
        "feedback_rate"
    ]
    assert (rate["n"], rate["d"]) == (told, 1)
    assert ("feedback" in kinds) == (told == 0)


def test_another_receipt_needs_an_approval_and_says_old_and_new_dates(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    stated = ("amend", "1", "--received", "2026-11-20T09:00", "--reason", "来电时间记错")
    done = call(*stated, now=LATER)
    assert (done.code, "须经批准" in done.err) == (1, True)
    done = call(*stated, *APPROVED, now=LATER)
    assert done.code == 0
    assert "受理期限由 11月24日(周二) 17:00 改为 11月23日(周一) 17:00" in done.err
    case = show(call)
    assert case["received_at"] == "2026-11-20T09:00:00+08:00"
    assert case["segments"][0]["from"] == "2026-11-20T09:00:00+08:00"
    assert case["events"][-1]["approver_role"] == "分管领导"
    sound(ledger)


def test_a_receipt_that_makes_a_limit_late_says_so_before_it_is_done(call: Runner) -> None:
    begin(call)
    stated = ("--received", "2026-11-10T09:00", *APPROVED, "--reason", "记错")
    done = call("amend", "1", *stated, now=LATER)
    assert "受理期限 11月11日(周三) 17:00 已经过去, 更正后立即计为超期" in done.err
    assert "(更正收到的时间, 由指挥室负责)" in done.err


def test_the_number_keeps_its_year_whatever_the_receipt(call: Runner, ledger: Path) -> None:
    begin(call, now="2026-01-04T08:00:00+08:00")
    stated = ("--received", "2025-12-31T16:00", *APPROVED)
    done = call("amend", "1", *stated, "--reason", "误", now="2026-01-04T09:00:00+08:00")
    assert "编号不变, 仍是 2026-000001" in done.err
    report = call("report", "--month", "2025-12", "--json", now="2026-01-05T09:00:00+08:00")
    assert report.json()["totals"]["received"] == 1
    sound(ledger)


@pytest.mark.parametrize(("argv", "code"), [(["accept", "1"], 0), (["note", "1", "记"], 0)])
def test_a_case_is_amended_in_any_state(call: Runner, argv: list[str], code: int) -> None:
    begin(call)
    assert call(*argv, now=NOW).code == code
    call("decline", "1", "--reason", "不属于本街道", now=NOW)
    assert amend(call, "--place", "江二路2号")["place"] == "江二路2号"


def test_a_merged_report_is_taken_apart_before_its_receipt_is_amended(call: Runner) -> None:
    begin(call)
    call("intake", "江南大道占道经营又来了", now=NOW)
    call("merge", "2", "--into", "1", now=NOW)
    stated = ("--received", "2026-11-20T09:00", *APPROVED, "--reason", "误")
    for number in ("1", "2"):
        done = call("amend", number, *stated, now=LATER)
        assert (done.code, "sixping unmerge 2026-000002" in done.err) == (1, True)
    assert call("amend", "2", "--place", "江二路2号", "--reason", "误", now=LATER).code == 0


# --- undo --------------------------------------------------------------------------------------


def test_undo_takes_back_one_step_after_another_and_then_the_registration(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    call("accept", "1", now=NOW)
    call("note", "1", "误记", now=NOW)
    done = call("undo", "1", now=LATER)
    assert (done.code, "(记事)" in done.err) == (0, True)
    call("undo", "1", now=LATER)
    assert show(call)["status"] == "待受理"
    done = call("undo", "1", now=LATER)
    assert "现为“已撤回”" in done.err
    assert "下一步: 登记已撤回; 要重新登记: sixping intake" in done.err
    assert show(call)["clocks"] == []
    done = call("undo", "1", now=LATER)
    assert (done.code, "已经撤回" in done.err) == (1, True)
    sound(ledger)


def test_nobody_is_asked_to_confirm_the_grade_of_what_was_withdrawn(call: Runner) -> None:
    call("intake", "化工厂爆炸有人受伤", now=NOW).code  # noqa: B018
    done = call("undo", "1", now=LATER)
    assert "要重新登记: sixping intake" in done.err
    assert "确认等级" not in done.err


def test_only_ones_own_last_step_is_undone(call: Runner) -> None:
    begin(call)
    call("accept", "1", now=NOW, env={"SIXPING_BY": "演示乙"})
    done = call("undo", "1", now=LATER, env={"SIXPING_BY": "演示甲"})
    assert done.code == 1
    assert "(受理, 演示乙 11月23日(周一) 09:00) 不是你记的" in done.err
    assert "sixping void 2026-000001" in done.err
    assert call("undo", "1", now=LATER, env={"SIXPING_BY": "演示乙"}).code == 0


def test_another_account_does_not_undo(call: Runner, ledger: Path) -> None:
    begin(call)
    with transaction(ledger, stamp()) as work:
        number = work.next_number(2026)
        from tests.kit.ledgerkit import NOW as MONDAY
        from tests.kit.ledgerkit import governing, report

        work.append(number, report(), MONDAY, before=None, rules=governing)
    done = call("undo", "2", now=LATER, env={"SIXPING_BY": "演示甲"})
    assert (done.code, "不是你记的" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("where", "other"), [("_account", "别人(1001)"), ("socket.gethostname", "另一台")]
)
def test_the_same_name_on_another_account_or_machine_does_not_undo(
    call: Runner, monkeypatch: pytest.MonkeyPatch, where: str, other: str
) -> None:
    begin(call, "--by", "演示甲")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(f"sixping.store.writer.{where}", lambda: other)
        done = call("undo", "1", "--by", "演示甲", now=LATER)
        assert (done.code, "不是你记的" in done.err) == (1, True), done.err
    assert call("undo", "1", "--by", "演示甲", now=LATER).code == 0


def test_a_merge_is_not_undone_but_taken_apart(call: Runner) -> None:
    begin(call)
    call("intake", "江南大道占道经营又来了", now=NOW)
    call("merge", "2", "--into", "1", now=NOW)
    for number in ("1", "2"):
        done = call("undo", number, now=LATER)
        assert (done.code, "sixping unmerge 2026-000002" in done.err) == (1, True)


def test_a_registration_withdrawn_stays_numbered_and_counts_as_received_nowhere(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    assert call("undo", "1", now=LATER).code == 0
    (listed,) = call("list", "--all", "--json", now=LATER).json()
    assert listed["status"] == "已撤回"
    assert call("list", "--json", now=LATER).json() == []
    report = call("report", "--month", "2026-11", "--json", now=LATER).json()
    assert report["totals"]["received"] == 0
    assert (report["cases"], report["by_community"]) == ([], [])
    assert not any(month["received"] for month in report["trend"])
    again = begin(call)
    assert again["number"] == "2026-000002", "its number at the source comes with a new report"
    assert again["duplicates"] == []
    sound(ledger)


def test_the_request_of_a_withdrawn_report_is_answered_as_before(call: Runner) -> None:
    begin(call, "--request-id", "r1")
    call("undo", "1", now=LATER)
    assert begin(call, "--request-id", "r1")["number"] == "2026-000001"


# --- against whom ------------------------------------------------------------------------------


def person(call: Runner, name: str, unit: str, role: str = "") -> None:
    argv = ["units", "person", "add", name, "--unit", unit, "--from", "2026-11-01"]
    done = call(*argv, *(["--role", role] if role else []), now=NOW)
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("城管", "城管执法中队"),
        ("王五一", "王*"),
        ("红星餐饮有限公司", "红星餐饮有限公司"),
        ("红星餐饮有限公司, 王五一", "红星餐饮有限公司、王*"),
        ("红星餐饮有限公司, 江一便利店", "红星餐饮有限公司, 江一便利店"),
    ],
)
def test_whom_a_report_is_about_is_kept_and_a_persons_name_masked(
    call: Runner, ledger: Path, name: str, shown: str
) -> None:
    case = begin(call, "--about", name)
    assert case["about"] == shown
    assert f"被反映    {shown}" in call("show", "1", now=LATER).out
    if shown != "城管执法中队":
        assert name not in str(rows(ledger, "SELECT facts FROM events WHERE kind = 'reported'"))
    assert begin(call, "--about", name)["number"] == "2026-000001"
    sound(ledger)


def test_nobody_is_null_and_a_line_may_name_somebody(call: Runner) -> None:
    assert begin(call)["about"] is None
    line = json.dumps({"text": "市场监管所态度不好", "about": "市场监管所"}, ensure_ascii=False)
    done = call("intake", "--jsonl", stdin=f"{line}\n", now=NOW)
    assert json.loads(done.out)["about"] == "市场监管所"


def test_the_reported_unit_is_not_suggested_and_gets_the_case_by_a_leader_only(
    call: Runner,
) -> None:
    plain = call("intake", "江南大道占道经营", "--json", now=NOW).json()
    assert plain["suggested_lead"] == "城管执法中队"
    done = call("intake", "江南大道占道经营没人管", "--about", "城管执法中队", now=NOW)
    assert "应当回避" in done.err
    assert show(call, "2")["suggested_lead"] is None
    amended = call("amend", "1", "--about", "城管执法中队", "--reason", "补登", "--json", now=LATER)
    assert amended.json()["suggested_lead"] is None
    call("accept", "2", now=NOW)
    for units in (["--lead", "城管执法中队"], ["--lead", "市场监管所", "--assist", "城管"]):
        done = call("assign", "2", *units, now=NOW)
        assert (done.code, "--leader" in done.err) == (1, True)
    assert call("assign", "2", "--lead", "市场监管所", now=NOW).code == 0
    done = call("assign", "2", "--lead", "城管", "--leader", "分管领导", now=NOW)
    assert done.code == 0, done.err
    assert show(call, "2")["events"][-1]["approver_role"] == "分管领导"
    done = call("part", "2", "--unit", "城管", "--task", "清理", now=NOW)
    assert (done.code, "被反映的单位" in done.err) == (1, True)


def test_the_reported_person_keeps_unit_and_voice_out_of_the_case(call: Runner) -> None:
    person(call, "王五一", "城管执法中队", "分管领导")
    person(call, "赵六一", "市场监管所", "分管领导")
    done = call("intake", "江南大道占道经营", "--about", "王五一", now=NOW)
    assert done.code == 0, done.err
    call("accept", "1", now=NOW)
    done = call("assign", "1", "--lead", "城管", now=NOW)
    assert (done.code, "被反映人所在的单位" in done.err) == (1, True)
    stated = ("amend", "1", "--received", "2026-11-20T09:00", "--reason", "误", "--approved-by")
    done = call(*stated, "王五一", now=LATER)
    assert (done.code, "回避" in done.err) == (1, True)
    call("assign", "1", "--lead", "市场监管所", now=NOW)
    call("resolve", "1", "--outcome", "已处理", now=NOW)
    done = call("verify-result", "1", "--pass", now=LATER, env={"SIXPING_BY": "王五一"})
    assert (done.code, "被反映的人不能核查" in done.err) == (1, True)
    assert call("verify-result", "1", "--pass", now=LATER).code == 0


def test_a_name_that_several_share_is_asked_for_by_its_id(call: Runner) -> None:
    person(call, "王五一", "城管执法中队")
    person(call, "王五一", "市场监管所")
    done = call("intake", "江南大道占道经营", "--about", "王五一", now=NOW)
    assert done.code == 1
    assert "请写编号" in done.err
    assert begin(call, "--about", "p2")["about"] == "王*"


def test_a_meeting_does_not_decide_into_the_reported_unit_and_a_leader_may(call: Runner) -> None:
    begin(call, "--about", "城管执法中队", "--severity", "较大")
    call("accept", "1", now=NOW)
    held = call("meeting", "plan", "联席会议", "--date", "今天", "--convener", "街道领导", now=NOW)
    assert held.code == 0, held.err
    decide = ("decide", "1", "--lead", "城管", "--due", "2026-12-10")
    done = call(*decide, "--meeting", "m1", now=LATER)
    assert (done.code, "应当回避" in done.err) == (1, True), done.err
    assert call(*decide, "--leader", "分管领导", now=LATER).code == 0


def again(call: Runner, *argv: str, code: int = 0) -> str:
    done = call(*argv, now=LATER)
    assert done.code == code, (done.out, done.err)
    return done.err


def test_a_report_about_a_unit_does_not_go_into_a_case_that_the_unit_handles(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    again(call, "accept", "1")
    again(call, "assign", "1", "--lead", "市场监管所", "--assist", "城管执法中队")
    again(call, "intake", "城管执法中队不管占道", "--about", "城管执法中队")
    refused = again(call, "merge", "2", "--into", "1", code=1)
    assert "城管执法中队正在办理 2026-000001" in refused
    assert "sixping assign 2026-000001 --lead" in refused
    assert "merge 2026-000002 --into 2026-000001 --leader 姓名" in refused
    again(call, "merge", "2", "--into", "1", "--leader", "分管领导")
    (main,) = [e for e in show(call)["events"] if e["kind"] == "absorbed"]
    assert (main["about_unit"], main["approver_role"]) == ("城管执法中队", "分管领导")
    sound(ledger)


def test_a_case_stays_out_of_units_that_its_merged_reports_are_about_until_they_leave(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    again(call, "accept", "1")
    again(call, "intake", "城管执法中队不管占道", "--about", "城管执法中队")
    again(call, "merge", "2", "--into", "1")
    page = call("show", "1", now=LATER).out
    assert "回避      城管执法中队 (被反映的单位, 并入的 2026-000002)" in page
    assert show(call)["suggested_lead"] is None
    refused = again(call, "assign", "1", "--lead", "城管", code=1)
    assert "被反映的单位 (并入的 2026-000002), 应当回避" in refused
    again(call, "assign", "1", "--lead", "市场监管所")
    assert "回避" in again(call, "part", "1", "--unit", "城管", code=1)
    assert "unmerge" in again(call, "amend", "2", "--about", "", "--reason", "误", code=1)
    sound(ledger)
    again(call, "unmerge", "2", "--reason", "不是一回事")
    assert "回避" not in call("show", "1", now=LATER).out
    again(call, "assign", "1", "--lead", "城管")
    sound(ledger)


def test_what_a_main_case_took_over_is_not_voided_while_the_report_is_merged(call: Runner) -> None:
    begin(call)
    again(call, "intake", "城管执法中队不管占道")
    seq = call("amend", "2", "--about", "城管", "--reason", "补登", "--json", now=LATER).json()[
        "events"
    ][-1]["seq"]
    again(call, "merge", "2", "--into", "1")
    refused = again(call, "void", "2", str(seq), "--reason", "误", code=1)
    assert "unmerge" in refused


@pytest.mark.parametrize(
    ("about", "lead"),
    [("江一社区", "江一社区第一网格"), ("江一社区第一网格", "江一社区")],
)
def test_a_community_and_its_grids_stay_out_together(call: Runner, about: str, lead: str) -> None:
    begin(call, "--about", about)
    again(call, "accept", "1")
    refused = again(call, "assign", "1", "--lead", lead, code=1)
    assert "算同一单位" in refused
    assert "应当回避" in refused
    again(call, "assign", "1", "--lead", "江二社区")


def test_a_unit_that_turns_out_to_be_reported_is_to_be_replaced_and_said_so(call: Runner) -> None:
    begin(call)
    again(call, "accept", "1")
    again(call, "assign", "1", "--lead", "城管执法中队")
    said = again(call, "amend", "1", "--about", "城管执法中队", "--reason", "补登")
    assert "须改派: sixping assign 2026-000001 --lead 单位" in said
    assert "--leader 姓名" in said
    assert "牵头单位签收" not in said
    assert "须改派 (回避)" in call("show", "1", now=LATER).out
    assert show(call)["avoid"][0]["handling"] == ["城管执法中队"]
    again(call, "sign", "1")
    again(call, "assign", "1", "--lead", "城管", "--leader", "分管领导")
    assert "须改派" not in call("show", "1", now=LATER).out


def test_the_word_of_a_leader_is_refused_by_its_own_option(call: Runner) -> None:
    person(call, "王五一", "党政综合办", "分管领导")
    begin(call, "--about", "城管执法中队")
    again(call, "accept", "1")
    done = call("assign", "1", "--lead", "城管", "--leader", "无此人", now=LATER)
    assert done.code != 0
    assert "(--leader)" in done.err
    assert "--approved-by" not in done.err


# --- looked at again -----------------------------------------------------------------------


def test_words_of_an_emergency_said_anew_are_said_first_and_wait_until_reported(
    call: Runner, ledger: Path
) -> None:
    begin(call)
    assert show(call)["emergency"]["suggested"] is None
    said = again(call, "amend", "1", "--text", "江一路厂房起火冒浓烟, 有人被困", "--reason", "补全")
    assert said.startswith("2026-000001 可能是突发事件"), said
    assert "按新的内容建议 重大, 未改; 改级用 regrade" in said
    assert show(call)["emergency"]["suggested"]
    assert show(call)["severity"] == "一般"
    assert "理由      (按登记时的内容)" in call("show", "1", now=LATER).out
    waiting = call("overdue", "--kind", "emergency", "--json", now=LATER)
    assert "2026-000001" in waiting.out, waiting.err
    sound(ledger)
    again(call, "emergency", "1", "--to", "区应急管理局", "--how", "电话")
    assert show(call)["emergency"]["reported_at"]
    assert "2026-000001" not in call("overdue", "--kind", "emergency", "--json", now=LATER).out
    again(call, "amend", "1", "--text", "江一路仓库爆炸", "--reason", "补全")
    assert "2026-000001" not in call("overdue", "--kind", "emergency", "--json", now=LATER).out
    sound(ledger)


def test_an_emergency_that_was_amended_in_goes_with_the_amendment(call: Runner) -> None:
    begin(call)
    again(call, "amend", "1", "--text", "江一路厂房起火冒浓烟, 有人被困", "--reason", "补全")
    again(call, "undo", "1")
    assert show(call)["emergency"]["suggested"] is None


def test_an_amendment_says_what_each_field_said_and_says_now(call: Runner) -> None:
    begin(call)
    said = again(
        call, "amend", "1", "--community", "江二社区", "--place", "", "--phone", "13911112222",
        "--reporter", "李四光", "--reason", "登记有误",
    )  # fmt: skip
    for line in (
        "社区: 江一社区 → 江二社区", "地点: 江一路1号 → (未填)", "反映人: 张* → 李*",
        "电话: 138****0000 → 139****2222",
    ):  # fmt: skip
        assert f"{line}\n" in said


def test_a_place_that_names_no_community_asks_nothing_of_the_text(call: Runner) -> None:
    begin(call)
    again(call, "amend", "1", "--text", "江二社区夜间施工", "--reason", "补全")
    said = again(call, "amend", "1", "--place", "西门", "--reason", "补全")
    assert "写到" not in said
    assert "地点: 江一路1号 → 西门" in said


def test_another_community_in_the_new_words_is_hinted_and_never_taken(call: Runner) -> None:
    begin(call)
    said = again(call, "amend", "1", "--place", "江二社区菜场门口", "--reason", "补全")
    assert "写到江二社区, 现为江一社区, 未改" in said
    assert show(call)["community"] == "江一社区"
    said = again(call, "amend", "1", "--text", "江一社区占道经营", "--reason", "补全")
    assert "按新的内容建议" not in said


@pytest.mark.parametrize("name", ["城管执法大队", "城管执法中队旁边的店", "滨江城管"])
def test_a_name_near_a_unit_is_asked_after_and_never_taken_for_it(call: Runner, name: str) -> None:
    done = call("intake", "江南大道占道经营", "--about", name, now=NOW)
    assert done.code == 0
    assert "没有按单位登记; 是否指: 城管执法中队" in done.err
    assert show(call)["avoid"] == []
    line = json.dumps({"text": "占道没人管", "about": name}, ensure_ascii=False)
    assert "是否指: 城管执法中队" in call("intake", "--jsonl", stdin=f"{line}\n", now=NOW).err
    again(call, "intake", "另一件路灯不亮")
    said = again(call, "amend", "3", "--about", name, "--reason", "补登")
    assert "是否指: 城管执法中队" in said


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("城管执法中队的张队长", "城管执法中队"),
        ("市场监管所李一", "市场监管所"),
        ("江一社区居委会", "江一社区"),
        ("江一社区门口的店", None),
    ],
)
def test_what_begins_with_a_units_name_is_about_that_unit_and_its_words_are_kept(
    call: Runner, ledger: Path, name: str, unit: str | None
) -> None:
    done = call("intake", "演示: 态度差", "--severity", "一般", "--about", name, now=NOW)
    assert (f"被反映对象按{unit}登记, 它应当回避" in done.err) is (unit is not None)
    again(call, "accept", "1")
    refused = call("assign", "1", "--lead", unit or "江一社区", now=NOW)
    assert refused.code == (1 if unit else 0)
    if unit:
        assert show(call)["about"] == unit
        assert name in str(rows(ledger, "SELECT * FROM told"))
        again(call, "amend", "1", "--about", "演示店", "--reason", "不是它")
        again(call, "assign", "1", "--lead", unit)


@pytest.mark.parametrize("name", ["综合执法平台", "城管执法中队"])
def test_a_platform_and_who_leads_it_stay_out_for_each_other(call: Runner, name: str) -> None:
    begin(call, "--about", name)
    again(call, "accept", "1")
    for unit in ("综合执法平台", "城管执法中队"):
        assert "回避" in again(call, "assign", "1", "--lead", unit, code=1)


@pytest.mark.parametrize("name", ["王五一", "红星餐饮有限公司", "城管"])
def test_a_name_near_no_unit_or_a_units_own_is_not_asked_after(call: Runner, name: str) -> None:
    done = call("intake", "江南大道占道经营", "--about", name, now=NOW)
    assert "是否指" not in done.err


def test_a_unit_that_the_text_names_is_hinted_at_when_it_gets_the_case(call: Runner) -> None:
    begin(call, "--about", "王五一")
    again(call, "intake", "江一社区门口占道, 城管执法中队一直不来")
    for number in ("1", "2"):
        again(call, "accept", number)
    said = again(call, "assign", "2", "--lead", "城管")
    assert "内容提到 城管执法中队; 若是反映它的, 先 sixping amend 2026-000002 --about" in said
    assert "内容提到" not in again(call, "assign", "2", "--lead", "江一社区"), "it says where"
    assert "内容提到" not in again(call, "assign", "1", "--lead", "城管")
    again(call, "amend", "1", "--text", "城管执法中队不来", "--reason", "补全")
    assert "内容提到" not in again(call, "assign", "1", "--lead", "城管", "--assist", "江一社区")


# --- what was before -----------------------------------------------------------------------


def test_show_and_log_say_what_an_amendment_found(call: Runner) -> None:
    begin(call)
    amend(call, "--community", "江二社区", "--phone", "", "--reporter", "李四光")
    amend(call, "--community", "江三社区", "--text", "张三丰说江一路占道")
    for page in (call("show", "1", now=LATER).out, call("log", "1", now=LATER).out,
                 call("log", "--limit", "1", now=LATER).out):  # fmt: skip
        flat = "".join(page.split())
        assert "社区江二社区→江三社区" in flat
        assert "内容江南大道占道经营→张*说江一路占道" in flat
    flat = "".join(call("show", "1", now=LATER).out.split())
    assert "社区江一社区→江二社区" in flat
    assert "反映人张*→李*" in flat
    assert "清除电话(原138****0000)" in flat
    assert "张三丰" not in flat
    first = show(call)["events"][1]
    assert first["before"] == {"community": "江一社区", "phone": "138****0000", "reporter": "张*"}


def test_what_was_before_leaves_out_a_voided_amendment(call: Runner) -> None:
    begin(call, "--about", "王五一")
    amend(call, "--place", "江二路2号")
    again(call, "undo", "1")
    amend(call, "--place", "江三路3号", "--about", "城管")
    assert show(call)["events"][-1]["before"] == {"place": "江一路1号", "about": "王*"}
    amend(call, "--about", "", "--received", "2026-11-20T09:00", *APPROVED)
    assert show(call)["events"][-1]["before"] == {
        "about": "城管执法中队", "received_at": "2026-11-23T09:00:00+08:00",
    }  # fmt: skip


def test_the_help_of_search_says_that_it_goes_by_the_words_of_today(call: Runner) -> None:
    assert "更正后的文字" in call("search", "--help").out
