"""Import profiles: which column of a source's file means which of our fields.

A profile is data (``data/profiles/*.toml`` or the user's file) and never guesses: a
column of levels needs a map to 一般, 较大, 重大, because sources count them in either
direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import time, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from sixping.errors import BadData, NotFound
from sixping.importing.times import NAMED, clock, compile_times, offset
from sixping.policy.vocabulary import STATE_OF_GRADE, Platform, Severity, Status, read_status
from sixping.util import datafiles
from sixping.util.clock import SHANGHAI
from sixping.util.toml import Table, parse


class Mode(StrEnum):
    """What the rows are: new reports whose clocks run, or records of the past."""

    LIVE = "live"
    HISTORY = "history"


class EmptyFeedback(StrEnum):
    """What an empty cell of feedback says: nothing, or that the reporter was not told."""

    UNKNOWN = "不详"
    UNTOLD = "未反馈"


class Format(StrEnum):
    """Which kind of file the source exports."""

    ANY = "any"
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    HTML = "html"
    JSON = "json"


class Numbering(StrEnum):
    """What a source number names: one report for ever, or within its month or year, or a group.

    ``SEVERAL``: rows of one file may share a number, and each is a report of its own.
    """

    UNIQUE = "唯一"
    MONTHLY = "按月"
    YEARLY = "按年"
    SEVERAL = "多行"


FREE = ("source_no", "text", "place", "reporter", "phone", "outcome", "feedback", "answers")
CODES = ("source_no", "phone")  # digits that are a name: zeros and length matter
OPEN = ("channel", "category", "community", "grid", "unit", "nature", "service")
CLOSED = ("severity", "platform", "status", "anonymous", "satisfaction")
LATER = ("source_due", "accepted", "assigned", "fed_back", "closed", "withdrawn")
TIMES = ("received", "resolved", *LATER)
FIELDS = (*FREE, *OPEN, *CLOSED, *TIMES)
_REQUIRED = ("source_no", "text", "received", "resolved")
MAPPED_ONLY = ("severity", "status")  # other people's levels and states are never guessed

TITLES = {
    "source_no": "来源编号", "text": "内容", "place": "地点", "reporter": "反映人",
    "phone": "电话", "outcome": "办理结果", "feedback": "反馈", "channel": "渠道",
    "category": "类别", "community": "社区", "grid": "网格", "unit": "办理单位",
    "nature": "性质", "severity": "等级", "platform": "平台", "status": "状态",
    "anonymous": "是否匿名", "satisfaction": "满意度",
    "received": "收到时间", "resolved": "办结时间",
    "source_due": "来源期限", "accepted": "受理时间", "assigned": "分派时间",
    "fed_back": "反馈时间", "closed": "归档时间", "withdrawn": "撤回时间",
    "service": "服务事项", "answers": "事项答复",
}  # fmt: skip

#: our words that ``[values]`` of a closed field may turn the file's into
USABLE: Mapping[str, tuple[str, ...]] = {
    "severity": tuple(Severity), "platform": tuple(Platform), "status": tuple(Status),
    "anonymous": ("true", "false"), "satisfaction": ("1", "2", "3", "4", "5"),
}  # fmt: skip

_YES = ("是", "匿名", "TRUE", "true", "True", "1", "Y", "y")
_NO = ("否", "实名", "不匿名", "FALSE", "false", "False", "0", "N", "n")
_KNOWN: dict[str, dict[str, Any]] = {
    "platform": {member.value: member for member in Platform},
    "anonymous": dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False),
    "satisfaction": {str(score): score for score in range(1, 6)},
}

Choice = tuple[str, ...]
"""The names one column may have, preferred first."""


class Split(NamedTuple):
    """A time in two columns: the names that of the day and that of the clock may have."""

    date: Choice
    clock: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to read the files of one source.

    ``columns`` gives for each field the columns that are joined, each with its possible
    names; the ``optional`` ones of the required fields may be missing from a file.
    ``values`` turns the file's words into ours (None: the word says nothing); ``empty_feedback``:
    what an empty cell of that column says of the reporter.
    ``zone`` is what times without an offset are in, ``hour`` the clock of days without one.
    ``split``: the times that may stand in two columns, which are looked for first (``columns``
    has both of a time that stands only so). ``leave_out``: columns (of the file) and the words
    in them by which a row is left out.
    """

    name: str
    title: str
    mode: Mode
    source: str
    columns: Mapping[str, tuple[Choice, ...]]
    format: Format = Format.ANY
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    joiner: str = "\n"
    optional: tuple[str, ...] = ()
    zone: timezone = SHANGHAI
    times: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    empty_feedback: EmptyFeedback = EmptyFeedback.UNKNOWN
    split: Mapping[str, tuple[Split, ...]] = field(default_factory=dict)
    hour: time | None = None
    leave_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbering: Numbering = Numbering.UNIQUE

    @property
    def required(self) -> tuple[str, ...]:
        """Return the fields without whose columns a file is not of this source."""
        mapped = (name for name in _REQUIRED if name in self.columns)
        return tuple(name for name in mapped if name not in self.optional)


def load_profile(name: str) -> Profile:
    """Return a shipped profile by name or title, or the user's by the path of its file.

    Raises ``NotFound`` naming the shipped ones, or ``BadData`` naming file and key.
    """
    if name.endswith(".toml"):
        path = Path(name)
        return parse_profile(datafiles.read_path(path), str(path))
    known = list_profiles()
    for profile in known:
        if name in (profile.name, profile.title):
            return profile
    listed = "、".join(f"{profile.name} ({profile.title})" for profile in known)
    raise NotFound(f"没有名为 {name} 的导入方案", f"可用: {listed}; 也可给出自己的 .toml 文件。")


def list_profiles() -> list[Profile]:
    """Return the shipped profiles by file name, overriding ones in place of shipped."""
    paths = [path for path in datafiles.folder("profiles") if path.suffix == ".toml"]
    return [parse_profile(datafiles.read_path(path), str(path)) for path in paths]


def parse_profile(text: str, source: str) -> Profile:
    """Read a profile from TOML. Raises ``BadData`` naming file, key and what is wrong."""
    try:
        return _profile(parse(text, source), source)
    except BadData as fault:  # the advice there is of the rules, which are checked otherwise
        raise BadData(fault.what, "请改正这个方案文件后重试。") from None


def _profile(top: Table, source: str) -> Profile:
    mode = top.choice("mode", Mode)
    columns, split = _columns(top.table("columns"), mode)
    times, zone, hour = _times(top, columns)
    defaults = _defaults(top)
    if "channel" not in columns and not defaults.get("channel"):
        raise top.fault("defaults.channel", "缺失: 须写明渠道, 或在 columns 中指明渠道列")
    profile = Profile(
        name=top.text("name"),
        title=top.text("title"),
        mode=mode,
        source=source,
        columns=columns,
        format=top.choice("format", Format, Format.ANY),
        sheet=top.text("sheet", "") or None,
        encoding=top.text("encoding", "") or None,
        delimiter=_delimiter(top),
        joiner=str(top.text("joiner", "")) or "\n",
        optional=_optional(top, mode),
        zone=zone,
        hour=hour,
        times=times,
        split=split,
        leave_out=_leave_out(top),
        numbering=_numbering(top, columns),
        defaults=defaults,
        values=_values(top, columns),
        empty_feedback=_empty_feedback(top, columns),
    )
    top.finish()
    if mode is Mode.HISTORY:
        _check_states(top, profile)
    return profile


def _check_states(top: Table, profile: Profile) -> None:
    """Refuse states that only a grade goes through which no row can have (三.2, 三.3)."""
    default = profile.defaults.get("severity") or Severity.ORDINARY
    grades = {default, *profile.values.get("severity", {}).values()}
    said = [("values.status", word, state) for word, state in _mapped(profile)]
    if state := profile.defaults.get("status"):
        said.append(("defaults", "status", state))
    for key, word, state in said:
        grade = STATE_OF_GRADE.get(state)
        if grade and grade not in grades:
            what = f"“{state}”只用于{grade}事件, 而方案没有把任何一行定为{grade}"
            raise top.fault(f"{key}.{word}", f"{what}: 请指明等级列 severity, 或对应到别的状态")


def _mapped(profile: Profile) -> Iterable[tuple[str, Status]]:
    words = profile.values.get("status", {})
    return [(word, state) for word, state in words.items() if state is not None]


def _delimiter(top: Table) -> str | None:
    names = {"逗号": ",", "制表符": "\t", "分号": ";"}
    if not top.has("delimiter"):
        return None
    value = top.text("delimiter")
    mark = names.get(value, value)
    if len(mark) != 1:
        raise top.fault("delimiter", "应为一个字符, 或: 逗号、制表符、分号")
    return mark


def _optional(top: Table, mode: Mode) -> tuple[str, ...]:
    names = top.texts("optional", ())
    needed = ("text",) if mode is Mode.LIVE else ("text", "received")
    for name in names:
        if name in needed:
            raise top.fault("optional", f"不能列出 {name}: 没有{TITLES[name]}的行不能导入")
        if name not in FIELDS:
            raise top.fault("optional", f"有不认识的字段 {name} (可用: {'、'.join(FIELDS)})")
    return names


def _leave_out(top: Table) -> dict[str, tuple[str, ...]]:
    if not top.has("leave_out"):
        return {}
    table = top.table("leave_out")
    return {name: table.texts(name) for name, _ in table.items()}


def _numbering(top: Table, columns: Mapping[str, Any]) -> Numbering:
    numbering = top.choice("numbering", Numbering, Numbering.UNIQUE)
    if numbering is not Numbering.UNIQUE and "source_no" not in columns:
        raise top.fault("numbering", "没有对应的列: 请先在 columns 中指明 source_no 列")
    if numbering in (Numbering.MONTHLY, Numbering.YEARLY) and "received" not in columns:
        raise top.fault("numbering", "没有对应的列: 编号按收到的年月区分, 须指明 received 列")
    return numbering


def _empty_feedback(top: Table, columns: Mapping[str, Any]) -> EmptyFeedback:
    said = top.choice("empty_feedback", EmptyFeedback, EmptyFeedback.UNKNOWN)
    if top.has("empty_feedback") and "feedback" not in columns:
        raise top.fault("empty_feedback", "没有对应的列: 请先在 columns 中指明 feedback 列")
    return said


def _columns(
    table: Table, mode: Mode
) -> tuple[dict[str, tuple[Choice, ...]], dict[str, tuple[Split, ...]]]:
    columns: dict[str, tuple[Choice, ...]] = {}
    split: dict[str, tuple[Split, ...]] = {}
    for name, value in table.items():
        if name not in FIELDS:
            raise table.fault(name, f"不是可用的字段 (可用: {'、'.join(FIELDS)})")
        if name in TIMES and not isinstance(value, str):
            names, pairs = _of_time(table, name, value)
            split |= {name: pairs} if pairs else {}
            columns[name] = (names,) if names else pairs[0]
        elif isinstance(value, dict):
            columns[name] = _joined(table, name, value)
        else:
            columns[name] = (_choice(table, name, value),)
    needed = ("text",) if mode is Mode.LIVE else ("text", "received")
    for name in needed:
        if name not in columns:
            raise table.fault(name, "缺失")
    return columns, split


def _of_time(table: Table, name: str, value: object) -> tuple[Choice, tuple[Split, ...]]:
    """Return the single columns and the pairs of columns in which a time may stand."""
    ways = value if isinstance(value, list) else [value]
    names = [way for way in ways if not isinstance(way, dict)]
    pairs = [way for way in ways if isinstance(way, dict)]
    if any(way.keys() != {"date", "clock"} for way in pairs):
        raise table.fault(name, "分成两列的时间应写成 { date = 列名, clock = 列名 }")
    split = tuple(
        Split(_choice(table, name, way["date"]), _choice(table, name, way["clock"]))
        for way in pairs
    )
    return _choice(table, name, names) if names or not pairs else (), split


def _joined(table: Table, name: str, value: dict[str, Any]) -> tuple[Choice, ...]:
    if name not in FREE or value.keys() != {"join"} or not isinstance(value["join"], list):
        raise table.fault(name, "应写成 { join = [列名, 列名] }, 且只用于文字字段")
    if not value["join"]:
        raise table.fault(name, "join 不能为空")
    return tuple(_choice(table, name, each) for each in value["join"])


def _choice(table: Table, name: str, value: object) -> Choice:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        raise table.fault(name, "应为列名, 或由可能的列名组成的列表")
    if any(not isinstance(title, str) or not title.strip() for title in names):
        raise table.fault(name, "列名应为非空文字")
    return tuple(names)


def _times(
    top: Table, columns: Mapping[str, Any]
) -> tuple[dict[str, tuple[str, ...]], timezone, time | None]:
    if not top.has("times"):
        return {}, SHANGHAI, None
    table = top.table("times")
    zone = SHANGHAI
    if table.has("offset"):
        try:
            zone = offset(table.text("offset"))
        except ValueError:
            raise table.fault("offset", "应写成 +08:00") from None
    hour = _hour(table)
    formats = {name: _formats(table, name) for name in TIMES if name in columns and table.has(name)}
    for name in TIMES:
        if name not in columns and table.has(name):
            raise table.fault(name, f"没有对应的列: 请先在 columns 中指明 {name} 列")
    table.finish()
    return formats, zone, hour


def _hour(table: Table) -> time | None:
    if not table.has("hour"):
        return None
    try:
        return clock(table.text("hour"))
    except ValueError:
        raise table.fault("hour", "应写成 09:00") from None


def _formats(table: Table, name: str) -> tuple[str, ...]:
    formats = table.texts(name)
    for fmt in formats:
        try:
            compile_times([fmt])
        except ValueError:
            usable = f"{'、'.join(NAMED)}, 或由 %Y %y %m %d %H %M %S, %I 与 %p 组成"
            what = f"有不认识的时间格式 {fmt} (可用: {usable})"
            raise table.fault(name, what) from None
    return formats


def _defaults(top: Table) -> dict[str, Any]:
    if not top.has("defaults"):
        return {}
    table = top.table("defaults")
    for name, value in table.items():
        if name not in (*OPEN, *CLOSED):
            raise table.fault(name, f"不能有默认值 (可用: {'、'.join((*OPEN, *CLOSED))})")
        if value == "":
            raise table.fault(name, "不能为空")
    return {name: _ours(table, name, name, value) for name, value in table.items()}


def _values(top: Table, columns: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    values = {name: dict(known) for name, known in _KNOWN.items() if name in columns}
    table = top.table("values") if top.has("values") else Table({}, top.source, "values")
    for name in dict(table.items()):
        if name not in (*OPEN, *CLOSED) or name not in columns:
            raise table.fault(name, "没有对应的列, 或该字段不能换词")
        words = table.table(name)
        mapped = {word.strip(): _ours(words, word, name, value) for word, value in words.items()}
        values[name] = values.get(name, {}) | mapped
    for name in MAPPED_ONLY:
        if name in columns and name not in values:
            raise table.fault(name, f"缺失: {TITLES[name]}列须写明每个词的含义, 不作猜测")
    return values


def _ours(table: Table, key: str, name: str, value: object) -> Any:  # noqa: ANN401
    """Check one of our own words for a field; the empty text says nothing."""
    if value == "":
        return None
    kinds: dict[str, type[StrEnum]] = {
        "severity": Severity, "platform": Platform, "status": Status
    }  # fmt: skip
    if name in kinds:
        members = {member.value: member for member in kinds[name]}
        if name == "status":
            with suppress(KeyError):
                return read_status(str(value))
        if value not in members:
            raise table.fault(key, f"应为以下之一: {'、'.join(members)}, 现为 {value!r}")
        return members[str(value)]
    if name == "anonymous" and isinstance(value, bool):
        return value
    if name == "satisfaction" and value in (1, 2, 3, 4, 5) and not isinstance(value, bool):
        return value
    if name in OPEN and isinstance(value, str):
        return value.strip()
    raise table.fault(key, f"不是{TITLES[name]}可用的值: {value!r}")


def mended(profile: Profile) -> str:
    """Return how a profile is put right: one that came with the program is copied before."""
    path = Path(profile.source).resolve()
    if path.is_relative_to(datafiles.shipped().resolve()):
        return f"复制 {path} 成自己的 .toml 文件, 改好后用 --profile 指定"
    return f"改好 {path} 再试"


def check_format(profile: Profile, kind: str, file: str) -> None:
    """Raise ``BadData`` when a file is not of the kind the source exports."""
    if profile.format not in (Format.ANY, kind):
        raise BadData(
            f"{file} 是 {kind} 文件, 导入方案 {profile.name} 用于 {profile.format} 文件",
            "请核对文件与方案; 若来源改了格式, 请改方案的 format。",
        )
