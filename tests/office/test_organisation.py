"""The organisation of a day: dated changes in any order of recording, and what is impossible."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sixping.errors import NotAllowed, NotFound
from sixping.ledger import transaction
from sixping.office import organisation, streams
from sixping.office.organisation import PEOPLE, History, organisation_at
from sixping.policy.units import DutyMode, UnitKind, coordinator, load_units
from sixping.policy.vocabulary import Platform
from sixping.store.sqlite import reading
from tests.kit.ledgerkit import NOW, make, stamp
from tests.kit.officekit import CITY, DAY, MARKET, SEED, entries, joined, office

NEXT = DAY + timedelta(days=30)


def at(day: date, *events: Any) -> Any:
    return History(SEED, entries(*events)).at(day)


def added(name: str = "江四社区", kind: UnitKind = UnitKind.COMMUNITY, **more: Any) -> Any:
    values: dict[str, Any] = {"day": DAY, "name": name, "unit_kind": kind}
    return organisation.UnitAdded(**(values | more))


def test_a_ledger_begins_with_the_units_of_the_data() -> None:
    units = at(DAY).units
    assert list(units) == list(load_units())
    assert (units.room, units.coordinator) == ("综合信息指挥室", "平安建设办")
    assert units.district == load_units().district
    assert at(DAY).on_duty(DutyMode.ON_SITE) == [CITY, MARKET]


def test_a_change_holds_from_its_day_whenever_it_was_recorded() -> None:
    late_then_early = (
        organisation.PersonChanged(day=NEXT, person="p1", unit=MARKET),
        joined(1, day=DAY),
    )
    history = History(SEED, entries(*late_then_early))
    assert history.at(NEXT).people["p1"].unit == MARKET
    assert history.at(DAY).people["p1"].unit == CITY  # asked backwards
    assert history.at(DAY - timedelta(days=1)).people == {}
    assert history.at(NEXT).people["p1"].name == "演示1"


def test_grids_stand_behind_their_community_wherever_they_were_added() -> None:
    grid = added("江一社区第九网格", UnitKind.GRID, parent="江一社区")
    names = [unit.name for unit in at(DAY, added(), grid).units]
    assert names.index("江一社区第九网格") == names.index("江一社区") + 4
    assert names[-1] == "江四社区"
    assert "江四社区" not in [unit.name for unit in at(DAY - timedelta(days=1), added()).units]


def test_the_lead_of_a_platform_is_handed_over_and_the_coordinator_follows() -> None:
    change = organisation.UnitChanged(day=NEXT, name="城市管理办", leads=True)
    before, after = at(DAY, change).units, at(NEXT, change).units
    involved = (CITY, "交警中队")
    assert coordinator(involved, before) == CITY
    assert coordinator(involved, after) == "城市管理办"
    ended = organisation.UnitEnded(day=NEXT, name=CITY)
    assert at(NEXT, change, ended).units.get(CITY) is None
    with pytest.raises(NotAllowed, match="牵头"):
        at(NEXT, ended)


def test_a_licence_holds_from_and_until_its_days() -> None:
    person = joined(1, licence_from=DAY, licence_until=NEXT)
    holder = at(DAY, person).people["p1"]
    days = (DAY - timedelta(days=1), DAY, NEXT, NEXT + timedelta(days=1))
    assert [holder.licensed(day) for day in days] == [False, True, True, False]
    assert not at(DAY, joined(2)).people["p2"].licensed(DAY)


def test_people_are_found_by_id_or_name_and_a_shared_name_is_refused() -> None:
    office_ = at(DAY, joined(1), joined(2, name="演示1", unit=MARKET), joined(3))
    assert office_.find(" p2 ").unit == MARKET
    assert office_.find("演示3").id == "p3"
    with pytest.raises(NotAllowed) as shared:
        office_.find("演示1")
    assert "p1" in shared.value.what
    assert "p2" in shared.value.what
    with pytest.raises(NotFound):
        office_.find("演示9")
    assert [p.id for p in office_.members(CITY)] == ["p1", "p3"]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([added(CITY)], "已有单位"),
        ([added(aliases=("城管",))], "已有单位"),
        ([added("甲网格", UnitKind.GRID)], "所属社区"),
        ([added("甲网格", UnitKind.GRID, parent=CITY)], "不是社区"),
        ([added("甲网格", UnitKind.GRID, parent="无此社区")], "没有这个单位"),
        ([added(parent="江一社区")], "只有网格"),
        ([organisation.UnitChanged(day=DAY, name="无", role="x")], "没有这个单位"),
        ([organisation.UnitChanged(day=DAY, name="江一社区", leads=True)], "不属于任何平台"),
        ([organisation.UnitChanged(day=DAY, name=CITY, platform=Platform.MARKET)], "牵头单位"),
        ([organisation.UnitEnded(day=DAY, name="江一社区")], "还有"),
        ([organisation.UnitEnded(day=DAY, name="综合信息指挥室")], "负责汇集"),
        ([joined(1, "经济发展办"), organisation.UnitEnded(day=DAY, name="经济发展办")], "p1"),
        ([joined(1), joined(1)], "已经登记"),
        ([joined(1, "无此单位")], "没有这个单位"),
        ([joined(1, day=NEXT), organisation.PersonLeft(day=DAY, person="p1")], "没有这个人"),
        ([joined(1), organisation.PersonChanged(day=DAY, person="p1", unit="无")], "没有这个单位"),
        (
            [joined(1), organisation.PersonLeft(day=DAY, person="p1"),
             organisation.PersonChanged(day=NEXT, person="p1", role="x")],
            "没有这个人",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_day_or_the_name(events: list[Any], said: str) -> None:
    with pytest.raises((NotAllowed, NotFound)) as refused:
        History(SEED, entries(*events)).check()
    assert said in refused.value.what


def test_the_past_is_read_as_it_was_known_at_a_seq(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1)])
    with transaction(path, stamp()) as work:
        change = organisation.PersonChanged(day=DAY, person="p1", role="队长")
        streams.record(work, "organisation", PEOPLE, change, NOW)
    with reading(path) as con:
        assert organisation_at(con, DAY).people["p1"].role == "队长"
        assert organisation_at(con, DAY, 2).people["p1"].role == ""


def test_a_ledger_begun_without_units_uses_those_of_the_data(tmp_path: Path) -> None:
    with reading(make(tmp_path)) as con:
        assert list(organisation_at(con, DAY).units) == list(load_units())


def test_a_function_belongs_to_one_unit_and_passes_with_it() -> None:
    given = organisation.UnitChanged(day=DAY, name=MARKET, functions=("综合执法", "市场监管"))
    after = History(SEED, entries(given)).at(DAY)
    holder = after.units.holder("综合执法")
    assert holder is not None
    assert holder.name == MARKET
    assert after.units.find(CITY).functions == ()
