"""A known number is found in words however it is told, and no other one is taken for it."""

from __future__ import annotations

import pytest

from sixping.util.samenumber import hide_number, numbers_in


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("13987650123", ["13987650123"]),
        ("+86 139-8765-0123", ["8613987650123", "13987650123"]),
        ("１３９ ８７６５ ０１２３", ["13987650123"]),
        ("(0571)86427531", ["057186427531", "86427531"]),
        ("0571-86427531转8012", ["057186427531", "86427531"]),
        ("13987650123/0571-86427531", ["13987650123", "057186427531", "86427531"]),
        ("12345", ["12345"]),
        ("1234", []),
    ],
)
def test_a_field_of_telephones_says_by_which_digits_they_may_be_told(
    field: str, told: list[str]
) -> None:
    assert set(told) <= set(numbers_in(field))
    assert bool(told) == bool(numbers_in(field))


@pytest.mark.parametrize(
    ("number", "text", "shown"),
    [
        ("13987650123", "请找139 8765 0123。", "请找…。"),
        ("13922220123", "一三九两两二二〇一二三", "…"),
        ("13987650123", "一三九八七六五〇一二三、１３９８７６５０１２３", "…、…"),
        ("13987650123", "+8613987650123", "+86…"),
        ("13987650123", "1398765\n0123", "…"),
        ("13987650123", "1398765012313900000000", "…13900000000"),
        ("86427531", "057186427531, 0571-8642-7531", "0571…, 0571-…"),
        ("86427531", "工单9986427531和864275310", "工单9986427531和864275310"),
        ("86427531", "8642-75310", "8642-75310"),
        ("661234", "短号661234, 编号1661234", "短号…, 编号1661234"),
        ("13987650123", "13987650124", "13987650124"),
        ("86427531", "86427531 86427531", "… …"),
    ],
)
def test_it_is_hidden_where_it_stands_and_nowhere_else(number: str, text: str, shown: str) -> None:
    assert hide_number(text, number, "…") == shown
