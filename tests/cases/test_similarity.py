"""Which reports are taken for repeats, and which are not though they share their words."""

from __future__ import annotations

import time

import pytest

from sixping.cases.contactkeys import contact_keys
from sixping.cases.similarity import Offer, Side, offers

AT = "2026-11-23T09:00:00+08:00"
BARBECUE = "演示大道68号门口每晚有人摆烧烤摊, 油烟呛人, 一直吵到半夜, 居民没法休息, 请尽快处理。"
AGAIN = "演示大道68号那里的烧烤摊每天晚上出来, 油烟大, 吵到半夜, 附近居民没法休息, 请处理一下。"


def side(number: str = "2026-000001", at: str = AT, **more: object) -> Side:
    values: dict[str, object] = {"status": "办理中"}
    return Side(number, at, **(values | more))  # type: ignore[arg-type]


def offered(new: Side, *others: Side, threshold: int = 60) -> list[Offer]:
    return offers(new, others, threshold)


def test_the_same_matter_in_other_words_is_offered_with_its_reasons() -> None:
    new = side("2026-000002", text=AGAIN, community="演示社区")
    (offer,) = offered(
        new, side(at="2026-11-20T09:00:00+08:00", text=BARBECUE, community="演示社区")
    )
    assert offer.number == "2026-000001"
    assert offer.score >= 60
    assert offer.reasons[0] == "同一门牌"
    assert offer.reasons[1].startswith("内容相近 ")
    assert offer.reasons[2:] == ("同一社区 演示社区", "相隔 3 天")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("演示小区3幢电梯困人", "演示小区5幢电梯困人"),
        ("演示路12号占道经营, 行人无法通过", "演示路96号占道经营, 行人无法通过"),
        ("咨询公租房申请有关问题", "咨询社保补缴有关问题"),
        ("占道经营", "占道经营"),
        (BARBECUE, "演示花园二期地下车库常年积水, 物业收了钱不管, 已经反映多次, 请有关部门督促。"),
    ],
)
def test_shared_formulas_do_not_make_a_repeat(one: str, other: str) -> None:
    place = {"community": "演示社区", "category": "占道经营"}
    assert offered(side("2026-000002", text=one, **place), side(text=other, **place)) == []


def test_a_house_that_only_the_community_stands_before_is_one_house() -> None:
    place = {"community": "江一社区", "category": "油烟污染"}
    new = side("2026-000002", text="3幢楼下烧烤店油烟味", **place)
    old = side(text="江一社区3幢楼下烧烤店油烟直往家里灌", **place)
    (offer,) = offered(new, old)
    assert offer.reasons[0] == "同一门牌"
    assert offered(new, old._replace(community="江二社区")) == []
    garden = old._replace(text="晶都花园3幢楼下烧烤店油烟直往家里灌")
    assert not any("同一门牌" in offer.reasons for offer in offered(new, garden, threshold=0))


def test_the_same_phone_alone_is_not_enough_but_the_same_place_beside_it_is() -> None:
    new = side("2", text="楼道堆了杂物", phone="138 0000 0000", place="演示小区3幢")
    old = side("1", text="路灯不亮", phone="+86-13800000000")
    assert offered(new, old) == []
    (offer,) = offered(new, old._replace(place="演示小区 3幢"))
    assert offer.reasons[:2] == ("同一电话", "同一地点")


def test_a_whole_road_says_less_than_a_house() -> None:
    texts = {"text": "有人摆摊", "category": "占道经营", "community": "演示社区"}
    road = side("1", place="演示大道", **texts)
    house = side("1", place="演示大道68号", **texts)
    other = {"text": "店铺出店", "category": "占道经营", "community": "演示社区"}
    assert offered(side("2", place="演示大道", **other), road) == []
    assert offered(side("2", place="演示大道68号", **other), house)


def test_a_place_named_in_the_other_text_counts() -> None:
    new = side("2", text="夜里有人摆摊烧烤", place="演示大道68号")
    (offer,) = offered(new, side("1", text=BARBECUE, category=None), threshold=40)
    assert "内容提到同一地点" in offer.reasons


def test_a_short_note_is_found_inside_a_long_letter() -> None:
    letter = f"尊敬的领导你好, 我是附近的业主。{BARBECUE}" + "为此全体业主恳请有关部门重视。" * 9
    assert offered(side("2", text="演示大道68号门口每晚有人摆烧烤摊"), side("1", text=letter))


def test_best_comes_first_and_of_equals_the_nearest() -> None:
    new = side("9", text=BARBECUE, phone="13800000000")
    far = side("1", "2026-11-01T09:00:00+08:00", text=BARBECUE)
    near = side("2", "2026-11-22T09:00:00+08:00", text=BARBECUE)
    less = side("3", "2026-11-22T09:00:00+08:00", text=AGAIN, phone="13800000000")
    assert [o.number for o in offered(new, less, far, near)] == ["2", "1", "3"]


def test_erased_and_empty_reports_are_no_repeats_of_each_other() -> None:
    assert offered(side("2"), side("1")) == []


def test_the_longest_texts_cost_milliseconds() -> None:
    new = side("0", text="演示" * 50_000)
    others = [side(str(n), text="示演" * 50_000) for n in range(1, 101)]
    began = time.process_time()
    offered(new, *others)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("phone", "place", "form"),
    [
        ("+86 138-0000-0000", None, ("tel:13800000000",)),
        ("0086 13800000000", " ", ("tel:13800000000",)),
        ("\uff11\uff13\uff1800000000", None, ("tel:13800000000",)),  # full width
        (None, "演示大道 68号(东门)", ("演示大道68号东门",)),
        ("无", None, ()),
        ("13800000000 / 13900000000", None, ("tel:13800000000", "tel:13900000000")),
        ("0571-8765 4321-802", None, ("tel:057187654321802",)),
        ("12345 138 0000 0000", None, ("tel:13800000000",)),
        ("13800000000", "演示大道 1 号", ("tel:13800000000", "演示大道1号")),
        (None, None, ()),
    ],
)
def test_phones_and_places_have_one_form(
    phone: str | None, place: str | None, form: tuple[str, ...]
) -> None:
    assert contact_keys(phone, place) == form
