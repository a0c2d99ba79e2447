"""``lookup``: earlier reports of a caller by whole values only, recorded before it is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sixping.store.verify import verify
from sixping.util.text import columns
from tests.kit.ledgerkit import rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
WHY = ("--reason", "来电人询问进展")

pytestmark = pytest.mark.usefixtures("reported")


@pytest.fixture
def reported(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    for text, name, phone in (
        ("江南大道占道经营", "张三丰", "13812345678"),
        ("井盖缺失", "张 三丰", "+86 138-1234-5678"),
        ("路灯不亮", "张三", "13812345679"),
        ("夜间噪声", "Zhang San", "0571-87654321 转 2"),
    ):
        call("intake", text, "--reporter", name, "--phone", phone, now=NOW)


def found(call: Runner, *argv: str, **more: str) -> list[str]:
    done = call("lookup", *argv, *WHY, "--json", now=NOW, **more)
    assert done.code == 0, done.err
    return [case["number"][-1] for case in done.json()]


@pytest.mark.parametrize(
    "spelled",
    [
        "13812345678",
        "138 1234 5678",
        "+86-138-1234-5678",
        "１３８１２３４５６７８",
        "008613812345678",
    ],
)
def test_a_phone_is_the_same_in_any_spelling(call: Runner, spelled: str) -> None:
    assert found(call, "--phone", spelled) == ["2", "1"]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("张三丰", ["2", "1"]), ("张　三丰", ["2", "1"]), ("张三", ["3"]), ("张", []), ("张%", []),
     ("张_丰", []), ("*", []), ("ＺＨＡＮＧ san", ["4"]), ("三丰", [])],
)  # fmt: skip
def test_a_name_is_found_whole_or_not_at_all(call: Runner, name: str, numbers: list[str]) -> None:
    assert found(call, "--name", name) == numbers


@pytest.mark.parametrize(
    "part", ["138", "1381234", "13812345", "5678", "1381234567%", "138****5678"]
)
def test_a_part_of_a_phone_finds_nothing(call: Runner, part: str) -> None:
    done = call("lookup", "--phone", part, *WHY, "--json", now=NOW)
    assert (done.code, done.out.strip()) in {(0, "[]"), (2, "")}


def test_both_must_fit_and_an_amended_phone_is_found_too(call: Runner) -> None:
    assert found(call, "--phone", "13812345678", "--name", "张三") == []
    assert found(call, "--phone", "13812345679", "--name", "张三") == ["3"]
    call("amend", "3", "--phone", "13700000000", "--reason", "记错", now=NOW)
    assert found(call, "--phone", "13700000000") == ["3"]
    assert found(call, "--phone", "13812345679") == ["3"], "it rang from there once"
    call("amend", "3", "--reporter", "李四光", "--reason", "记错", now=NOW)
    assert found(call, "--name", "李四光") == found(call, "--name", "张三") == ["3"]


def test_what_is_shown_is_masked_and_what_was_looked_for_is_sealed(
    call: Runner, ledger: Path
) -> None:
    done = call("lookup", "--phone", "-", "--name", "张三丰", *WHY, now=NOW, stdin="13812345678\n")
    assert done.out.splitlines()[0].split("\t") == [
        "number", "received_at", "status", "community", "summary",
    ]  # fmt: skip
    assert len(done.out.splitlines()) == 3
    for secret in ("13812345678", "张三丰"):
        assert secret not in done.out + done.err
        assert secret not in call("log", "--json", now=NOW).out
    facts, fields = rows(
        ledger,
        "SELECT e.facts, t.fields FROM events e JOIN told t USING (seq) WHERE e.kind = 'looked_up'",
    )[0]
    assert json.loads(str(facts)) == {"by": ["phone", "name"], "found": 2}
    assert json.loads(str(fields)) == {
        "phone": "13812345678", "name": "张三丰", "reason": "来电人询问进展",
    }  # fmt: skip
    assert verify(ledger)["findings"] == []


def test_revealed_it_is_recorded_as_everywhere(call: Runner, ledger: Path) -> None:
    argv = ("lookup", "--name", "张三", *WHY, "--json")
    assert call(*argv, now=NOW).json()[0]["phone"] == "138****5679"
    assert call(*argv, "--reveal", now=NOW).json()[0]["phone"] == "13812345679"
    seen = rows(ledger, "SELECT facts FROM events WHERE kind = 'revealed'")
    assert seen == [('{"numbers":["2026-000003"]}',)]


def test_it_is_recorded_also_where_nobody_is_found(call: Runner, ledger: Path) -> None:
    assert found(call, "--phone", "13999999999") == []
    kinds = rows(ledger, "SELECT facts FROM events WHERE kind = 'looked_up'")
    assert kinds == [('{"by":["phone"],"found":0}',)]


def test_without_a_reason_or_a_caller_nothing_is_looked_for(call: Runner, ledger: Path) -> None:
    for argv, said in (
        (("--phone", "13812345678"), ["--reason"]), (WHY, ["--phone 或 --name"]),
        ((), ["--phone 或 --name", "--reason"]), (("--name", " ", *WHY), ["--name"]),
    ):  # fmt: skip
        done = call("lookup", *argv, now=NOW)
        assert (done.code, done.out) == (2, ""), argv
        assert all(word in done.err for word in said), done.err
    assert rows(ledger, "SELECT 1 FROM events WHERE kind = 'looked_up'") == []


def test_what_could_not_be_shown_is_not_looked_for(call: Runner, ledger: Path) -> None:
    for more in (("--format", "docx"), ("-o", "来电人.pdf")):
        done = call("lookup", "--name", "张三", *WHY, *more, now=NOW)
        assert (done.code, done.out) == (2, ""), more
    assert rows(ledger, "SELECT 1 FROM events WHERE kind = 'looked_up'") == []


def test_a_pipe_gets_the_rows_and_no_word_about_them(call: Runner) -> None:
    done = call("lookup", "--name", "张三", *WHY, now=NOW)
    assert (len(done.out.splitlines()), done.err) == (2, "")


def test_a_number_in_the_command_is_warned_of(call: Runner) -> None:
    assert "--phone -" in call("lookup", "--phone", "13812345678", *WHY, now=NOW).err
    piped = call("lookup", "--phone", "-", *WHY, now=NOW, stdin="13812345678")
    assert "注意" not in piped.err


def test_a_part_of_a_phone_is_refused_with_how_much_was_read(call: Runner) -> None:
    for argv, stdin, count in ((("138123",), "", 6), (("-",), "12345\n13812345678\n", 5)):
        done = call("lookup", "--phone", *argv, *WHY, now=NOW, stdin=stdin)
        assert done.code == 2
        assert f"至少 7 位数字 (--phone), 现有 {count} 位。" in done.err
    empty = call("lookup", "--phone", "-", *WHY, now=NOW, stdin="")
    assert (empty.code, "没有读到电话" in empty.err) == (2, True)


def test_the_remark_on_a_phone_in_the_command_is_one_line_of_80_columns(call: Runner) -> None:
    done = call("lookup", "--phone", "13812345678", *WHY, now=NOW)
    (said,) = [line for line in done.err.splitlines() if line.startswith("注意")]
    assert said.endswith("--phone -")
    assert columns(said) <= 80


@pytest.mark.parametrize(
    ("written", "phones", "name", "names"),
    [
        ("13800000000 13900000000", ("13800000000", "139 0000 0000"), "张某、李某", ("李某",)),
        ("13800000000/0571-87654321", ("13800000000", "057187654321"), "赵六,王五六", ("王五六",)),
        ("13800000000-13900000000", ("+86 13800000000", "13900000000"), "孙七；周八", ("周八",)),
        ("13800000000\t87654321 转 2", ("13800000000", "87654321-2"), "钱九/郑十", ("郑十",)),
    ],
)
def test_each_of_two_in_one_field_is_found_whole_however_it_came_in(
    call: Runner, tmp_path: Path, written: str, phones: tuple[str, ...], name: str,
    names: tuple[str, ...],
) -> None:  # fmt: skip
    call("amend", "1", "--phone", written, "--reporter", name, "--reason", "补全", now=NOW)
    call("intake", "窨井盖松动", "--phone", written, "--reporter", name, now=NOW)
    profile, file = tmp_path / "p.toml", tmp_path / "a.csv"
    profile.write_text(
        'name = "p"\ntitle = "p"\nmode = "live"\n[columns]\ntext = "内容"\nphone = "电话"\n'
        'reporter = "姓名"\n[defaults]\nchannel = "投诉举报电话"\n', "utf-8",
    )  # fmt: skip
    file.write_text(f'内容,电话,姓名\n垃圾未清运,"{written}","{name}"\n', "utf-8")
    assert call("import", str(file), "--profile", str(profile), now=NOW).code == 0
    for phone in phones:
        assert found(call, "--phone", phone) == ["6", "5", "1"], phone
    for whole in (*names, name):
        assert found(call, "--name", whole) == ["6", "5", "1"], whole
    assert found(call, "--phone", phones[0][-10:]) == []
    two = call("lookup", "--phone", written, *WHY, now=NOW)
    assert (two.code, two.out) == (2, "")
    assert "一次只查一个号码" in two.err
    assert found(call, "--name", name[0]) == []
    assert call("rebuild", now=NOW).code == 0
    assert call("verify", now=NOW).code == 0
    assert found(call, "--phone", phones[1]) == ["6", "5", "1"]


def test_whoever_is_named_beside_another_is_hidden_in_the_words_too(call: Runner) -> None:
    text = "李四光昨天来过, 13900000000 也打过"
    said = ("--reporter", "张大山、李四光", "--phone", "13800000000 13900000000")
    done = call("intake", text, *said, now=NOW)
    shown = call("show", "5", now=NOW)
    for secret in ("李四光", "张大山", "13900000000"):
        assert secret not in done.out + done.err + shown.out
    call("lookup", "--name", "李四光", *WHY, now=NOW)
    assert found(call, "--name", "李四光") == ["5"]


def test_a_name_beside_a_firm_is_hidden() -> None:
    from sixping.util.masking import mask_name

    assert mask_name("张大山、某某公司") == "张*、某某公司"
    assert mask_name(mask_name("张大山、李四光")) == "张*、李*"
