"""Who reported a case is named in no register beside it, nor once the case is erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import NOW, Street, a_street

NAME = "柯南雀"
SAID = f"约好明日与{NAME}在门口见"
STAFF = "演示丁"
LOOKS: tuple[tuple[str, ...], ...] = (
    ("shift", "show"),
    ("shift", "show", "--json"),
    ("shift", "promised", "--all"),
    ("meeting", "task", "list", "--all"),
    ("operation", "list"),
    ("operation", "show", "o1"),
    ("operation", "show", "o1", "--json"),
    ("operation", "show", "o1", "--format", "md"),
    ("inspection", "list"),
    ("inspection", "list", "--json"),
    ("accountability", "show", "q1", "--reason", "核对"),
    ("overdue", "--within", "30"),
    ("log",),
    ("log", "--json"),
    ("export", "events"),
)


@pytest.fixture
def street(call: Runner) -> tuple[Street, str]:
    """A street that keeps its registers, and a case that its words speak of by number."""
    street = a_street(call)
    street.do("register", "on", "shifts", "meetings", "rectification", "inspections",
              "accountability", "enclosures", "opinions", "--from", "2026-11-01")  # fmt: skip
    number: str = street.do(
        "intake", "演示积水", "--reporter", NAME, "--severity", "一般", "--json"
    ).json()["number"]
    return street, number


def fill(street: Street, number: str) -> list[str]:
    """Name the reporter in every register; return what was answered."""
    said = (
        ("shift", "note", SAID, "--case", number, "--promised", "2026-11-30", "--to", "居民"),
        ("shift", "done", "1", f"已与{NAME}说好"),
        ("shift", "note", f"{SAID}, {number}"),
        ("shift", "handover", f"{NAME}那件等回音", "--to", "p1"),
        ("meeting", "task", "add", f"为{NAME}解决积水 {number}", "--kind", "措施", "--unit",
         "城管执法中队", "--due", "2026-12-10"),
        ("meeting", "task", "done", "w.1", f"{NAME}已满意"),
        ("operation", "plan", f"{NAME}门前整治", "--date", "2026-11-24", "--until", "2026-11-30",
         "--unit", "城管执法中队", "--person", "p1", "--case", number),
        ("operation", "stage", "o1", f"到{NAME}家", "--date", "2026-11-24", "--text", SAID),
        ("operation", "day", "o1", "--checked", "3", "--text", SAID),
        ("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value", "不合格=2",
         "--note", SAID, "--case", number),
        ("accountability", "propose", "--kind", "责任查究", "--unit", "市场监管所", "--case",
         number, "--to", "区委政法委", "--text", SAID),
        ("accountability", "reply", "q1", "--text", f"已与{NAME}核实"),
    )  # fmt: skip
    answers = []
    for argv in said:
        made = street.do(*argv, "--json")
        answers.append(made.out + made.err)
    return answers


def test_no_register_names_who_reported_a_case_nor_does_any_after_its_erasure(
    street: tuple[Street, str],
) -> None:
    of, number = street
    assert [words for words in fill(of, number) if NAME in words] == []
    assert [look for look in LOOKS if NAME in of.do(*look).out] == []
    of.do("decline", number, "--reason", "演示")
    told = of.do("erase", number, "--basis", "本人申请", "--yes").err
    assert "一并隐去" in told
    assert [look for look in LOOKS if NAME in of.do(*look).out] == []
    assert NAME not in of.do("shift", "show", "--reveal", "--reason", "核对").out
    assert of.do("verify").code == 0
    assert of.do("rebuild", "--check").code == 0


def test_a_missing_file_is_told_without_the_name_of_who_reported_its_case(
    street: tuple[Street, str], tmp_path: Path
) -> None:
    of, number = street
    folder = tmp_path / f"{NAME}家"
    folder.mkdir()
    photo = folder / f"{NAME}反映-古月鹂-处置前.jpg"
    photo.write_bytes(b"a photo")
    of.do("enclose", number, str(photo))
    shown = of.do("show", number).out
    photo.unlink()
    made = of.call("verify", "--files", now=NOW)
    assert made.code == 1
    assert "不在" in made.out
    for name in (NAME, "古月鹂"):
        assert name not in shown + made.out + of.do("export", "events").out
    assert "处置前.jpg" in shown


def test_a_list_of_letters_has_the_id_of_staff_and_a_name_only_for_a_reason(
    street: tuple[Street, str],
) -> None:
    of, _ = street
    of.do("assess", "ask", "市场监管所", "--bureau", "区局", "--cadre", "p4", "--about", "任职同意")
    for form in ((), ("--json",), ("--format", "csv")):
        listed = of.do("assess", "letters", *form).out
        assert STAFF not in listed
        assert "p4" in listed
    assert STAFF in of.do("assess", "letters", "--reveal", "--reason", "核对").out
    assert "assess letters" in of.do("audit").out
