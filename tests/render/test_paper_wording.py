"""Sentences of papers for the odd cases: none, one, many, equal, nothing to compare with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from sixping.render.paper.blocks import count, days, moved, percent, plain, points
from sixping.render.paper.period.late import late_words
from sixping.render.paper.period.overall import daily_words
from sixping.render.paper.wording import (
    compared,
    names_with,
    punctuated,
    ranked,
    rate_compared,
)

if TYPE_CHECKING:
    from sixping.render.paper.period.draft import Draft


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (13, 10, "，比上月增加3件（上升30.00%）"),
        (10, 13, "，比上月减少3件（下降23.08%）"),
        (5, 0, "，比上月增加5件"),
        (0, 5, "，比上月减少5件（下降100.00%）"),
        (7, 7, "，与上月持平"),
        (0, 0, "，与上月持平"),
        (7, None, ""),
        (None, 7, ""),
    ],
)
def test_a_count_is_compared_in_words(now: int | None, before: int | None, said: str) -> None:
    assert plain(compared(now, before, "上月")) == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (89.4, 91.53, "，比上月下降2.13个百分点"),
        (91.53, 89.4, "，比上月上升2.13个百分点"),
        (50.0, 50.0, "，与上月持平"),
        (50.0, None, ""),
        (None, 50.0, ""),
    ],
)
def test_a_rate_is_compared_in_points(now: float | None, before: float | None, said: str) -> None:
    assert plain(rate_compared(now, before, "上月")) == said


def test_nothing_is_compared_with_a_year_that_has_no_name() -> None:
    assert compared(3, 4, "") == ()
    assert rate_compared(3.0, 4.0, "") == ()


def test_what_nobody_knows_is_a_dash_and_no_change_is_said_in_a_word() -> None:
    assert [f.text for f in (percent(None), days(None), moved(None, 3), points(3.0, None))] == [
        "—"
    ] * 4
    assert (moved(3, 3).text, points(3.0, 3.0).text) == ("持平", "持平")
    assert (moved(5, 3).text, moved(3, 5).text) == ("+2", "-2")
    assert points(66.67, 66.66).text == "+0.01"


def units(*rates: float) -> list[tuple[str, float]]:
    return [(f"单位{place}", rate) for place, rate in enumerate(rates, 1)]


def named(rates: tuple[tuple[str, float], ...]) -> str:
    return plain(names_with(rates))


def test_first_and_last_three_of_many() -> None:
    order = ranked(units(99, 98, 97, 96, 95, 94, 93))
    assert named(order.first) == "单位199.00%、单位298.00%、单位397.00%"
    assert named(order.last) == "单位793.00%、单位694.00%、单位595.00%"


def test_nobody_is_first_and_last_at_once() -> None:
    for rates in ((90, 80), (90, 80, 70), (90, 80, 70, 60, 50), (90, 80, 80, 80, 70), (90, 90, 80)):
        order = ranked(units(*rates))
        assert not set(order.first) & set(order.last), rates


def test_equal_ones_are_named_together() -> None:
    order = ranked(units(100, 100, 100, 100, 90, 80, 70, 60))
    assert named(order.first) == "单位1、单位2、单位3、单位4并列100.00%"
    assert named(order.last) == "单位860.00%、单位770.00%、单位680.00%"


@pytest.mark.parametrize("rates", [(), (90.0,), (90.0, 90.0), (90.0, 90.0, 90.0)])
def test_none_one_or_all_equal_are_not_ranked(rates: tuple[float, ...]) -> None:
    order = ranked(units(*rates))
    assert (order.first, order.last) == ((), ())


def test_sentences_of_the_program_have_the_signs_of_a_paper() -> None:
    for screen, paper in (
        ("以件次计 (每轮一次); 到期未决定的计为超期", "以件次计（每轮一次）；到期未决定的计为超期"),
        ("检查开始 (duty begin) 以后、应到的 (以日计)", "检查开始以后、应到的（以日计）"),
        ("其中 在提示的期限内", "其中在提示的期限内"),
        ("15个工作日 (五.1c), 至今未完成", "15个工作日（五.1c），至今未完成"),
        ("没有: 为 —", "没有：为 —"),
    ):  # fmt: skip
        assert punctuated(screen) == paper


def test_a_daily_mean_too_small_to_print_is_not_nothing() -> None:
    for received, lasted, said in (
        (1, 30, "，日均不足0.1件"), (2, 30, "，日均0.1件"), (0, 30, ""),
        (None, 30, ""), (5, 1, ""),
    ):  # fmt: skip
        assert plain(daily_words(received, lasted)) == said


def test_what_is_late_and_given_to_nobody_is_said_without_a_name_in_brackets() -> None:
    def said(**late: int) -> str:
        rows = [{"name": unit.strip("_") or None, "overdue": n} for unit, n in late.items()]
        report = SimpleNamespace(
            totals={"overdue": sum(late.values())},
            worked=SimpleNamespace(longest={}),
            by={"unit": rows},
        )
        total = count(report.totals["overdue"])
        draft = SimpleNamespace(
            report=report,
            total=lambda *_, **__: total,
            key=lambda *_: "by_unit",
            named=lambda _, name: name or "(未分派)",
        )
        return plain(late_words(cast("Draft", draft)))

    assert said(_=2) == "期末超期未办结2件，都没有分派，最长超期不足1个工作日。"
    assert said(_=1) == "期末超期未办结1件，没有分派，超期不足1个工作日。"
    assert said(甲=1) == "期末超期未办结1件，在甲，超期不足1个工作日。"
    assert "其中未分派2件、甲1件" in said(_=2, 甲=1).replace("，甲", "、甲")
