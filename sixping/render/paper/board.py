"""The wall: counts on a dark screen of 1920×1080 that everybody in the room can read.

Counts, units and tasks only: no case, no word of a reporter, no person. The big time is that of
the data. A page cannot know that nothing writes it any more, so it says from which time on the
clock its picture is stale. Who writes the file renames a whole one into its place: the browser
reads it anew every ``refresh`` seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TextIO, TypeVar

from sixping.policy.vocabulary import Status
from sixping.render.paper.markup import HEAD, esc
from sixping.render.paper.webstyle import FONT, TYPE, root

#: colours of a dark room; ``late`` is for what is late, as on paper
TOKENS = {
    "bg": "#0f151c",
    "ink": "#f4f6f8",
    "ink2": "#b7c0ca",
    "late": "#ff9080",
    "rule": "#3a4653",
}
_ROOM = 456  # pixels there are for a list
_LINE, _TALL = 64, 92  # pixels of a row of one line and of two
_TASK, _TASK_TALL = 124, 176
_NAME, _SMALL = 40, 32  # pixels of a name, and of one that is too long
_UNIT_ROOM, _POST_ROOM, _TASK_ROOM = 306, 244, 636

T = TypeVar("T")


class DueToday(NamedTuple):
    """What falls due today: how many cases, and by which limit (受理, 上报, 办结)."""

    cases: int
    accept: int
    refer: int
    finish: int


class LateUnit(NamedTuple):
    """A unit, how many of its cases are late, and the longest of them in working days."""

    name: str
    late: int
    longest: int


class Post(NamedTuple):
    """An agency on duty now: how many are there (None: nobody knows), how many are due."""

    agency: str
    present: int | None
    due: int
    remark: str = ""


class Task(NamedTuple):
    """A task a meeting gave to a unit, and how its day stands (今日到期, 超期1日)."""

    unit: str
    text: str
    due: str
    late: bool = False


class Board(NamedTuple):
    """What the wall shows, in the order it is shown in: who is late first, late tasks first.

    ``as_of``: the time of the data (14:20) and ``day`` its day in words; ``stale_after``: the
    time on the clock from which the picture is old. ``duty`` may be a line (今日休息).
    ``deciding`` and ``to_accept`` are of ``open``, None: they are left out. ``refresh``: seconds.
    """

    street: str
    office: str
    day: str
    as_of: str
    stale_after: str
    late: int
    due_today: DueToday
    open: int
    received_today: int
    units: tuple[LateUnit, ...]
    duty: tuple[Post, ...] | str
    tasks: tuple[Task, ...]
    deciding: int | None = None
    to_accept: int | None = None
    remark: str = ""
    refresh: int = 60


_STYLE = """
*{box-sizing:border-box}
html{background:var(--bg)}
body{margin:0;width:1920px;height:1080px;overflow:hidden;padding:36px 64px 32px;display:grid;
grid-template-columns:minmax(0,1fr);grid-template-rows:auto auto minmax(0,1fr) auto;
background:var(--bg);color:var(--ink)}
header,footer{display:flex;justify-content:space-between;align-items:baseline;gap:48px;
white-space:nowrap}
header{padding-bottom:16px;border-bottom:2px solid var(--rule);line-height:80px}
h1{font-size:40px;font-weight:400;margin:0;overflow:hidden;text-overflow:ellipsis}
header p{margin:0;font-size:40px;color:var(--ink2)}
header span{margin-left:40px}
header b{font-size:64px;color:var(--ink);margin-left:20px}
dl{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));margin:0;
border-bottom:2px solid var(--rule)}
dl div{padding:20px 40px 16px;height:296px;white-space:nowrap;overflow:hidden}
dl div:first-child{padding-left:0}
dl div+div{border-left:2px solid var(--rule)}
dt{font-size:40px;line-height:56px;color:var(--ink2)}
dd{margin:0;font-size:36px;line-height:52px;color:var(--ink2)}
.big{font-size:150px;line-height:148px;font-weight:700;color:var(--ink);text-autospace:no-autospace}
.many{font-size:110px}.most{font-size:80px}
.big small{line-height:1;font-size:40px;font-weight:400;color:var(--ink2);margin-left:24px}
main{display:grid;grid-template-columns:540px 500px minmax(0,1fr);gap:56px;padding-top:20px;
min-height:0}
section{min-width:0;min-height:0;overflow:hidden}
h2{font-size:40px;line-height:56px;font-weight:400;color:var(--ink2);margin:0;
white-space:nowrap;display:flex;justify-content:space-between;align-items:baseline}
h2 small{font-size:32px}
table{width:100%;border-collapse:collapse;table-layout:fixed;font-size:40px}
th,td{border-top:1px solid var(--rule);padding:0;height:64px;text-align:right;font-weight:400;
white-space:nowrap;line-height:44px;overflow:hidden}
th{text-align:left}
.n{width:80px;font-weight:700}.d{width:140px;color:var(--ink2);font-size:36px}
.on{width:120px;font-weight:700}
.why{width:132px;font-size:32px;color:var(--ink2);text-overflow:ellipsis}
.why b{color:var(--ink)}
.sm{font-size:32px;line-height:40px}
.two{white-space:normal;height:92px}
.clamp{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.more{color:var(--ink2);font-size:36px}
.late{color:var(--late);font-weight:700}
.calm{margin:0;border-top:1px solid var(--rule);padding-top:12px;font-size:40px;line-height:56px}
ul{list-style:none;margin:0;padding:0}
li{border-top:1px solid var(--rule);padding:10px 0 12px;font-size:40px;line-height:52px}
li p{margin:0;font-size:36px;line-height:48px;color:var(--ink2);white-space:nowrap;
overflow:hidden;text-overflow:ellipsis}
li p b{margin-left:32px}li p span{margin-left:32px}
li.more{padding:4px 0 0}
footer{font-size:32px;line-height:48px;color:var(--ink2);padding-top:12px}
"""


def write(board: Board, out: TextIO) -> None:
    """Write the wall as one HTML file that a browser reads anew by itself."""
    font = f"body{{font:400 40px/1.4 {FONT};{TYPE}}}"
    out.write(
        f'{HEAD}<meta http-equiv="refresh" content="{board.refresh}">\n'
        f"<title>{esc(board.office)}</title>\n"
        f"<style>{root(TOKENS)}{font}{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{esc(_who(board))}</h1><p>{esc(board.day)}<span>数据截至</span>"
        f"<b>{esc(board.as_of)}</b></p></header>\n"
        f"{_figures(board)}\n<main>\n{_units(board)}\n{_duty(board)}\n{_tasks(board)}\n</main>\n"
        f"<footer><span>钟表已过{esc(board.stale_after)}而此处仍为{esc(board.as_of)}，"
        f"即已停更。</span><span>{esc(board.remark)}</span></footer>\n</body>\n</html>\n"
    )


def _who(board: Board) -> str:
    return board.office if board.office.startswith(board.street) else board.street + board.office


def _figures(board: Board) -> str:
    due = board.due_today
    parts = (("受理", due.accept), ("上报", due.refer), ("办结", due.finish))
    kinds = "，".join(f"{name}{many}" for name, many in parts if many)
    longest = max((unit.longest for unit in board.units), default=None)
    age = f"最长{_days(longest)}个工作日" if board.late and longest is not None else ""
    return (
        f"<dl>{_figure('超期', board.late, age, late=True)}"
        f"{_figure('今日到期', due.cases, kinds)}"
        f"{_figure('在办', board.open, _of(Status.DECISION, board.deciding))}"
        f"{_figure('今日收到', board.received_today, _of(Status.REPORTED, board.to_accept))}</dl>"
    )


def _of(name: str, many: int | None) -> str:
    return "" if many is None else f"{name}{many}"


def _figure(title: str, many: int, below: str, *, late: bool = False) -> str:
    digits = len(str(many))
    size = "" if digits < 4 else " many" if digits < 6 else " most"  # noqa: PLR2004 - as wide as it is
    red = ' class="late"' if late and many else ""
    return (
        f'<div><dt>{title}</dt><dd class="big{size}"><span{red}>{many}</span><small>件</small></dd>'
        f"<dd>{esc(below)}</dd></div>"
    )


def _units(board: Board) -> str:
    """Return who is late: as many units as there is room for, the others in one row."""
    if not board.units:
        return _section("超期，按单位", '<p class="calm">没有超期未办结的件</p>')
    heights = [_height(unit.name, _UNIT_ROOM) for unit in board.units]
    shown, others = _fitting(board.units, heights, _LINE)
    rows = [
        f'<tr>{_name(unit.name, _UNIT_ROOM)}<td class="n{" late" if unit.late else ""}">{unit.late}'
        f'</td><td class="d">{_days(unit.longest)}</td></tr>'
        for unit in shown
    ]
    if others:
        late = sum(unit.late for unit in others)
        days = _days(max(unit.longest for unit in others))
        rows.append(
            f'<tr><th scope="row" class="more">另{len(others)}个单位</th>'
            f'<td class="n{" late" if late else ""}">{late}</td><td class="d">{days}</td></tr>'
        )
    heads = "<small>件数　最长工作日</small>"
    return _section(f"<span>超期，按单位</span>{heads}", _table("".join(rows), "n", "d"))


def _duty(board: Board) -> str:
    """Return who is on duty now; who is missing is said in a word."""
    if isinstance(board.duty, str):
        return _section("现在值守", f'<p class="calm">{esc(board.duty)}</p>')
    heights = [_height(post.agency, _POST_ROOM) for post in board.duty]
    shown, others = _fitting(board.duty, heights, _LINE)
    rows = [f"<tr>{_name(post.agency, _POST_ROOM)}{_there(post)}</tr>" for post in shown]
    if others:
        short = sum(1 for post in others if (post.present or 0) < post.due)
        said = f"{short}个缺人" if short else "均已到岗"
        rows.append(
            f'<tr><th scope="row" class="more">另{len(others)}个单位</th>'
            f'<td class="more" colspan="2">{said}</td></tr>'
        )
    body = _table("".join(rows), "why", "on") if rows else '<p class="calm">没有排班</p>'
    return _section("现在值守（在岗/应到）", body)


def _there(post: Post) -> str:
    missing = 0 if post.present is None else post.due - post.present
    why = f"<b>缺{missing}人</b>" if missing > 0 else esc(post.remark)
    present = "—" if post.present is None else post.present
    return f'<td class="why">{why}</td><td class="on">{present}/{post.due}</td>'


def _tasks(board: Board) -> str:
    """Return what meetings gave out, each in two lines at most, as many as there is room for."""
    if not board.tasks:
        return _section("会议任务", '<p class="calm">没有未完成的任务</p>')
    heights = [
        _TASK if _breadth(task.text, _NAME) <= _TASK_ROOM else _TASK_TALL for task in board.tasks
    ]
    shown, others = _fitting(board.tasks, heights, 0)
    items = "".join(
        f'<li><div class="clamp">{esc(task.text)}</div><p>{esc(task.unit)}{_when(task)}</p></li>'
        for task in shown
    )
    listed = f"，列{len(shown)}项" if others else ""
    return _section(f"会议任务（未完成{len(board.tasks)}项{listed}）", f"<ul>{items}</ul>")


def _when(task: Task) -> str:
    due = esc(task.due)
    return f'<b class="late">{due}</b>' if task.late else f"<span>{due}</span>"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _table(rows: str, *columns: str) -> str:
    widths = "<col>" + "".join(f'<col class="{name}">' for name in columns)
    return f"<table><colgroup>{widths}</colgroup><tbody>{rows}</tbody></table>"


def _name(name: str, room: int) -> str:
    """Return a name as the head of a row: smaller where it is long, then in two lines."""
    if _breadth(name, _NAME) <= room:
        return f'<th scope="row">{esc(name)}</th>'
    if _breadth(name, _SMALL) <= room:
        return f'<th scope="row" class="sm">{esc(name)}</th>'
    return f'<th scope="row" class="sm two"><div class="clamp">{esc(name)}</div></th>'


def _height(name: str, room: int) -> int:
    return _LINE if _breadth(name, _SMALL) <= room else _TALL


def _fitting(
    things: Sequence[T], heights: Sequence[int], last: int
) -> tuple[Sequence[T], Sequence[T]]:
    """Return the first things there is room for, and the others, which take a row of ``last``."""
    if sum(heights) <= _ROOM:
        return things, ()
    kept = sum(1 for _ in _until(heights, _ROOM - last))
    return things[:kept], things[kept:]


def _until(heights: Sequence[int], room: int) -> Iterator[int]:
    for height in heights:
        room -= height
        if room < 0:
            return
        yield height


def _days(longest: int) -> str:
    """Return a length in working days; what is late since the last evening is less than one."""
    return str(longest) if longest else "不足1"


def _breadth(text: str, size: int) -> float:
    return size * sum(1 if sign >= "\u2e80" else 0.6 for sign in text)
