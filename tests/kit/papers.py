"""An invented paper with every kind of block, of as many cases as a test asks for."""

from __future__ import annotations

from sixping.render.paper.blocks import (
    Bar,
    Block,
    Card,
    Cards,
    Chart,
    Details,
    Fields,
    Head,
    Heading,
    Note,
    Pair,
    Paper,
    Pick,
    Picks,
    Records,
    Sentence,
    Series,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
    days,
    moved,
    percent,
    points,
)

LONG = "滨江区长河街道高新技术产业园区综合行政执法联合管理服务中队"
HOSTILE = "A&B<c>\"'=1+1@SUM(A1)"
UNITS = ("城市管理办", "城管执法中队", "市场监管所", LONG, HOSTILE, "司法所")


def paper(cases: int, text: str = "沿街店铺夜间灯箱太亮", units: tuple[str, ...] = UNITS) -> Paper:
    """Return a paper of a month with so many cases, dealt out to the units in turn."""
    numbers = [f"2026-{n:06}" for n in range(1, cases + 1)]
    held = {unit: numbers[i :: len(units)] for i, unit in enumerate(units)}
    late = {unit: own[::7] for unit, own in held.items()}
    behind = {"received": numbers, "overdue": [n for own in late.values() for n in own]}
    behind["overdue"] = sorted(behind["overdue"])
    for unit, own in held.items():
        behind[f"by_unit.{unit}.received"] = own
        behind[f"by_unit.{unit}.overdue"] = late[unit]
    behind["returned"] = numbers[:2] + numbers[:1]  # the first one twice
    details = Details(
        heads=(Head("编号"), Head("收到"), Head("类别"), Head("单位"), Head("结果")),
        cases={
            n: (n, "10月9日(周五)", "广告招牌", units[i % len(units)], "办理中")
            for i, n in enumerate(numbers)
        },
        behind=behind,
        titles={key: f"收到的事项 ({key})" for key in behind},
        records=Records(
            (Head("项目"), Head("编号"), Head("单位"), Head("计入", "figure")),
            [("接收", n, unit, count(1)) for unit, own in held.items() for n in own],
        ),
    )
    return Paper(
        title="演示街道“基层治理四平台”2026年10月运行情况",
        office="演示街道综合信息指挥室",
        period="10月1日至10月31日",
        as_of="2026年11月2日 09:00",
        issue=None,
        addressees="演示街道各领导, 各社区、各派驻机构",
        blocks=_blocks(cases, held, late, text),
        annex=(Heading("附表"), _units(held, late, shown=None)),
        seal="校验码 0123456789abcdef (台账第 1234 条, 截至 2026-11-02 09:00:00)",
        details=details,
    )


def _blocks(
    cases: int, held: dict[str, list[str]], late: dict[str, list[str]], text: str
) -> tuple[Block, ...]:
    overdue = sum(map(len, late.values()))
    months = tuple(f"2026-{month:02}" for month in range(1, 11))
    return (
        Sentence(
            (
                "10月收到",
                count(cases, "received"),
                "件, 期末超期未办结",
                count(overdue, "overdue", late=True),
                "件, 比上月",
                moved(overdue, 3),
                "件。",
            ),
            lead=True,
        ),
        Cards(
            (
                Card(
                    "超期未办结", count(overdue, "overdue", late=True), "件", (("上月", count(3)),)
                ),
                Card(
                    "按时办结率", percent(89.4 if cases else None), "%", (("上月", percent(91.53)),)
                ),
                Card("收到", count(cases, "received"), "件", (("上年同月", count(None)),)),
                Card("退回", count(min(cases, 2) + (cases > 0), "returned"), "件次"),
            )
        ),
        Heading("一、各单位办理情况"),
        _units(held, late, shown=4),
        Chart(
            "stacked",
            "图1 各单位办理结果",
            "件",
            tuple(held),
            (
                Series("按时", tuple(len(own) for own in held.values())),
                Series("超期未办结", tuple(len(own) for own in late.values()), late=True),
            ),
            "各单位按时办结和超期未办结的件数",
        ),
        Heading("二、收到情况"),
        Heading("(一) 逐月", 2),
        Chart(
            "lines",
            "图2 近十个月收到件数",
            "件",
            months,
            (
                Series("今年", (None, None, *[float(cases + i) for i in range(8)])),
                Series("上年", (None,) * 10),
            ),
            "近十个月每月收到的件数, 一月二月没有记录",
        ),
        Chart(
            "columns",
            "图3 各平台收到和办结件数",
            "件",
            ("综合治理", "市场监管", "综合执法", "便民服务"),
            (Series("收到", (98, 57, 121, 36)), Series("办结", (96, 55, 113, 34))),
            "四个平台的收到和办结件数",
        ),
        Pair(
            Chart(
                "bars",
                "图4 高发类别",
                "件",
                ("占道经营", "机动车违停"),
                (Series("收到", (61, 48)),),
                "最多的类别",
            ),
            Table(
                "渠道",
                "表2 按渠道",
                (Head("渠道"), Head("件", "figure"), Head("占比", "figure")),
                (("投诉举报电话", count(cases), percent(100.0 if cases else None)),),
            ),
        ),
        Chart(
            "multiples",
            "图5 各单位逐月超期",
            "件",
            months,
            tuple(Series(unit, tuple(float((i * 3) % 7) for i in range(10))) for unit in held),
            "每个单位逐月的超期件数",
            ((("同一刻度。",)),),
        ),
        Picks(
            "请选择典型案例 (打勾):",
            tuple(
                Pick(n, "广告招牌, 城市管理办, 办结", text) for n in next(iter(held.values()))[:3]
            ),
        ),
        Heading("三、存在问题"),
        Slot("由会商填写", (("超期未办结", count(overdue, "overdue", late=True), "件。"),)),
        Fields(
            (("编号", "2026-000001"), ("等级", "一般"), ("交办要点", text), ("签收人", None)),
            frozenset({"交办要点"}),
        ),
        Note(
            (
                "平均办理",
                days(3.5, mean=True),
                "个工作日, 比上月",
                points(89.4, 91.53),
                "个百分点。",
            )
        ),
        Signature("演示街道综合信息指挥室", "2026年11月2日"),
        SignOff(("填报", "审核", "签发")),
    )


def _units(held: dict[str, list[str]], late: dict[str, list[str]], shown: int | None) -> Table:
    most = max([len(own) for own in held.values()], default=0) or 1
    rows = tuple(
        (
            unit,
            count(len(own), f"by_unit.{unit}.received"),
            count(len(late[unit]), f"by_unit.{unit}.overdue", late=True),
            percent(None if len(own) < 10 else 95.5),
            Bar((len(own), len(late[unit])), most, 3),
        )
        for unit, own in held.items()
    )
    total = sum(map(len, held.values()))
    heads = (
        Head("承办单位"),
        Head("收到", "figure"),
        Head("超期未办结", "figure"),
        Head("按时办结率", "figure"),
        Head("", "bar"),
    )
    left = sum(len(own) for own in list(held.values())[4:])
    return Table(
        "单位" if shown else "单位全表",
        "表1 各单位办理情况" if shown else "附表1 各单位办理情况",
        heads,
        rows,
        total=(
            "合计",
            count(total, "received"),
            count(sum(map(len, late.values())), "overdue", late=True),
            percent(None),
            None,
        ),
        shown=shown,
        rest=("其他2个", count(left), count(0), percent(None), None) if shown else None,
        notes=(("应办结不足10件的不列率。",),),
        legend=("收到", "超期未办结"),
    )
