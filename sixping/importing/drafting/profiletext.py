"""A draft as the TOML of a profile: what a person has to fill in is marked 待填.

The text always parses as a profile. Words of levels and states stand with their counts and an
empty meaning, which says nothing; columns nobody uses stand as comments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sixping.importing.drafting.contents import KEPT
from sixping.importing.drafting.guess import MOST_WORDS, SAMPLE, one_line
from sixping.importing.drafting.headings import keys
from sixping.importing.profiles import (
    CLOSED,
    FIELDS,
    TIMES,
    TITLES,
    Mode,
)
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.util.cellmask import tells_person
from sixping.util.text import clean, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from sixping.importing.drafting.contents import Content
    from sixping.importing.drafting.guess import Draft

TO_FILL = "待填"
_LISTED = 100  # words of one column that are listed
_UNWRITABLE = re.compile("[\ud800-\udfff]")
_MODES = (
    "# live: 新报送的事项, 登记后开始计时;",
    "# history: 以前的记录, 只保存文件写明的事实, 不计时。",
)
_LINE = 76  # terminal columns of a list in a comment
_ALWAYS = (
    "# 以四位年份开头的时间 (2026-10-08 15:00、2026年10月8日 下午3点) 不必写明; 其余的写法:",
)
_MEANING = {
    True: "每个词的含义须由人写明, 不作猜测; 留空为没有说明",
    False: "以下的词在台账的名称中没有, 请写明是哪一个; 留空为没有说明",
}
_CHOICES = {
    "status": tuple(Status),
    "severity": tuple(Severity), "platform": tuple(Platform), "anonymous": ("true", "false"),
    "satisfaction": ("5 (最满意)", "4", "3", "2", "1"),
}  # fmt: skip


def quoted(value: str) -> str:
    """Return a TOML string: one line, nothing hidden in it."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else _escaped(char) for char in plain) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def describe(content: Content) -> str:
    """Say in words what a column holds."""
    if not content.filled:
        return "空列"
    if content.times.either:
        return "时间, 年月日的先后看不出"
    if content.times.sure:
        return f"时间 ({'、'.join(content.times.formats)})" if content.times.formats else "时间"
    if content.clocks:
        return "几点几分"
    if content.phones:
        return "电话号码"
    if content.serial:
        return "顺序号"
    if content.numbers:
        return f"数字, {_kinds(content)}"
    if content.short:
        return f"短词, {_kinds(content)}"
    return f"文字, 平均 {content.average:.0f} 字"


def _kinds(content: Content) -> str:
    return f"{content.distinct} 种"


def profile_text(
    draft: Draft,
    *,
    name: str,
    day: date,
    channels: Sequence[str],
    known: Callable[[str, str], bool],
    options: dict[str, str],
) -> str:
    """Write a draft as TOML under a name.

    ``channels`` are those of the policy; ``known(field, word)`` says whether a word of a column
    is one of ours already; ``options``: top keys that were given (sheet, encoding).
    """
    lines = [
        *_top(draft, name, day, options),
        *_columns(draft),
        *_times(draft),
        *_left_out(draft),
        *_values(draft, known),
        *_defaults(draft, channels),
    ]
    return "\n".join(lines) + "\n"


def _top(draft: Draft, name: str, day: date, options: dict[str, str]) -> Iterator[str]:
    yield f"# 由 sixping import --guess 从 {clean(draft.file)} 草拟 ({day}): 请逐行核对,"
    yield f"# 标有“{TO_FILL}”的由人填写。每个键的含义见 docs/import.md。"
    looked = f" (列的内容看的是前 {SAMPLE} 行)" if draft.rows > SAMPLE else ""
    yield f"# 表头在第 {draft.header_row} 行, 数据 {draft.rows} 行{looked}。"
    yield from [f"# 注意: {draft.doubt}"] if draft.doubt else []
    yield f"name = {quoted(name)}"
    yield f"title = {quoted(name)}"
    yield from _MODES
    yield f"mode = {quoted(draft.mode)}  # 按文件草拟: {draft.why}"
    yield from (f"{key} = {quoted(value)}" for key, value in options.items())
    if draft.repeated:
        yield f"# 有 {draft.repeated} 个编号不止一行; 每行是单独一件的, 去掉下一行的 #"
        yield '# numbering = "多行"'


# --- columns --------------------------------------------------------------------------------


def _columns(draft: Draft) -> Iterator[str]:
    yield ""
    yield "[columns]"
    for field in FIELDS:
        yield from _column(draft, field)
    if draft.mode is Mode.LIVE and "received" not in draft.places:
        yield "# 没有看出收到时间的列; 不写 received, 则以导入的时刻为收到时间"
    yield from _unused(draft)


def _column(draft: Draft, field: str) -> Iterator[str]:
    found = draft.places.get(field)
    needed = field == "text" or (field == "received" and draft.mode is Mode.HISTORY)
    if found is None or not _writable(draft, found.column):
        if needed:
            yield f'{field} = "{TO_FILL}"  # {TO_FILL}: {TITLES[field]}所在列的列名'
        return
    about = _about(draft, field, found.column, sure=found.sure)
    named = _named(draft, field, found.column)
    yield f"{field} = {named}  # {about}"
    told = set(keys(draft.names[found.column])).intersection(draft.headings.answers)
    if field == "outcome" and told and "feedback" not in draft.places:
        yield f"# feedback = {named}  # 答复就是告知反映人的, 去掉 #"


def _named(draft: Draft, field: str, column: int) -> str:
    name = quoted(one_line(draft.names[column]))
    if field == "text" and draft.title is not None and _writable(draft, draft.title):
        return f"{{ join = [{quoted(one_line(draft.names[draft.title]))}, {name}] }}"
    if field == "received" and draft.clock is not None and _writable(draft, draft.clock):
        return f"{{ date = {name}, clock = {quoted(one_line(draft.names[draft.clock]))} }}"
    return name


def _about(draft: Draft, field: str, column: int, *, sure: bool) -> str:
    """Say where a column is, what it holds, and what to look at."""
    with_title = field == "text" and draft.title is not None and _writable(draft, draft.title)
    at = [draft.title, column] if with_title else [column]
    where = "、".join(draft.label(place).partition(" ")[0] for place in at if place is not None)
    said = [f"{where} 列", describe(draft.contents[column])]
    if not sure:
        said.append("按内容或列名的一部分猜的, 请核对")
    if field == "source_no":
        if draft.contents[column].serial:
            said.append("是顺序号: 每次导出都从头编的, 请删去这一行")
        elif draft.repeated:
            said.append(f"{draft.repeated} 个编号不止一行")
    if sum(one_line(name) == one_line(draft.names[column]) for name in draft.names) > 1:
        said.append("有两列同名: 表头有两行的, 写成“上一行的名称 列名”; 只有一行的, 请在文件中改名")
    return clean(": ".join(said[:2]) + "".join(f"; {more}" for more in said[2:]))


def _writable(draft: Draft, column: int) -> bool:
    """Tell whether a profile can name a column at all."""
    return draft.names_column(column) and not _UNWRITABLE.search(draft.names[column])


def _unused(draft: Draft) -> Iterator[str]:
    used = draft.used()
    free = [at for at, name in enumerate(draft.names) if at not in used and name.strip()]
    if free:
        yield "# 没有用到的列:"
    for at in free:
        forms = set(keys(draft.names[at]))
        why = next((said for name, said in draft.headings.remarks.items() if name in forms), "")
        if forms.intersection(draft.headings.serials):
            why = "每次导出都从头编的, 不能当作编号"
        said = f"#   {draft.label(at)}: {describe(draft.contents[at])}"
        yield clean(f"{said}; {why}" if why else said)


# --- times ----------------------------------------------------------------------------------


def _times(draft: Draft) -> Iterator[str]:
    lines = [line for field in TIMES if field in draft.places for line in _time(draft, field)]
    if lines:
        yield from ("", *_ALWAYS, "[times]", *lines)


def _time(draft: Draft, field: str) -> Iterator[str]:
    times = draft.contents[draft.places[field].column].times
    if times.either:
        first = ", ".join(map(quoted, times.formats))
        yield f"# {TO_FILL}: {TITLES[field]}的年月日哪个在前看不出, 请去掉对的那一行的 #"
        for shape in times.either:
            yield f"# {field} = [{first}{', ' if first else ''}{quoted(shape)}]"
    elif times.formats:
        formats = ", ".join(map(quoted, times.formats))
        of = min(draft.rows, SAMPLE)
        unread = times.of - times.read
        rest = f"  # 前 {of} 行中有 {unread} 个时间没有认出" if unread else ""
        yield f"{field} = [{formats}]{rest}"
    elif times.of and not times.sure:
        yield f"# {TO_FILL}: {TITLES[field]}的写法没有认出, 请按 docs/import.md 写明, 例如:"
        yield f'# {field} = ["%d/%m/%Y %H:%M"]'


# --- words ----------------------------------------------------------------------------------


def _left_out(draft: Draft) -> Iterator[str]:
    if draft.left_out is None:
        return
    column, words, rows = draft.left_out
    if not _writable(draft, column) or any(map(tells_person, words)):
        return
    name = quoted(one_line(draft.names[column]))
    yield ""
    yield f"# 有 {rows} 行既没有内容也没有收到时间, 都含下面的词, 其余各行都不含;"
    yield "# 确实不是事项、不必导入的, 去掉下面两行的 #"
    yield "# [leave_out]"
    yield f"# {name} = [{', '.join(map(quoted, words))}]"


def _values(draft: Draft, known: Callable[[str, str], bool]) -> Iterator[str]:
    for field, words in draft.words.items():
        if not _writable(draft, draft.places[field].column):
            continue
        mapped = field in ("severity", "status")
        lines = list(_words(field, words.most_common(), known, mapped=mapped))
        if hidden := draft.hidden.get(field):
            own = f"确是{TITLES[field]}的请自己补上"
            lines.append(f"# 另有 {hidden} 个词像人名、号码或整句话, 没有列出; {own}")
        if lines or mapped:
            yield ""
            label = clean(draft.label(draft.places[field].column))
            yield f"# {label}: {_MEANING[mapped or field in CLOSED]}"
            yield from _usable(field)
            if len(words) + (hidden or 0) >= MOST_WORDS:
                yield f"# 不同的词超过 {MOST_WORDS} 个, 这一列也许不是{TITLES[field]}"
            yield f"[values.{field}]"
            yield from lines


def _words(
    field: str,
    words: Sequence[tuple[str, int]],
    known: Callable[[str, str], bool],
    *,
    mapped: bool,
) -> Iterator[str]:
    """Yield a line for each word that needs a meaning."""
    open_words = [
        (word, count)
        for word, count in words
        if len(word) < KEPT and not _UNWRITABLE.search(word) and (mapped or not known(field, word))
    ]
    for word, count in open_words[:_LISTED]:
        yield f'{quoted(word)} = ""  # {TO_FILL}, {count} 行'
    if len(open_words) > _LISTED:
        yield f"# 另有 {len(open_words) - _LISTED} 个词没有列出"


def _usable(field: str) -> Iterator[str]:
    if field in _CHOICES:
        yield from _choices("可用", _CHOICES[field])


def _choices(what: str, words: Sequence[str]) -> Iterator[str]:
    """Yield a list as comments no wider than a terminal, no word cut."""
    line = f"# {what}: {words[0]}"
    for word in words[1:]:
        if columns(line) + columns(word) > _LINE:
            yield f"{line}、"
            line = f"#   {word}"
        else:
            line += f"、{word}"
    yield line


def _defaults(draft: Draft, channels: Sequence[str]) -> Iterator[str]:
    usual = draft.file.partition(".")[0]
    named = next((channel for channel in channels if channel in usual), None)
    yield ""
    yield from _choices("渠道可用", channels)
    yield "[defaults]"
    about = "按文件名猜的, 请核对" if named else f"{TO_FILL}: 这些事项来自哪个渠道"
    yield f"channel = {quoted(named or channels[-1])}  # {about}"
