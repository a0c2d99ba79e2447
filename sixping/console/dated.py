"""The table of dated options: every option and argument that takes a day, a time or a period.

Commands take their options from here, so each has its direction: may it lie in the past only,
in the future only, or on both sides? Without a year the nearest day is meant, and a step is
refused where that lies on the wrong side. A test walks all commands and asks for a row here of
whatever takes a date; another one runs every row over all days of three years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from sixping.util.dates import Direction

#: kind → how such a value is called in help
METAVARS: Final = {"day": "日期", "moment": "时间", "month": "[月]", "week": "[日期]"} | {
    "quarter": "[季度]",
    "half": "[半年]",
    "year": "[年]",
    "hour": "时刻",
}
#: stands for every step of a case
STEPS: Final = "*"


# A plain class: every start makes the whole table.
class Dated:
    """One dated option of one or several commands.

    ``where``: the commands; ``name``: the option, empty for an argument; ``label``: what the
    echo calls the date. An ``hour`` is of a day that stands elsewhere: it has no year to guess.
    """

    __slots__ = ("direction", "help", "kind", "label", "metavar", "name", "where")

    def __init__(
        self,
        where: str,
        name: str,
        direction: Direction,
        label: str,
        help: str,  # noqa: A002 - as Typer calls it
        kind: str = "day",
        metavar: str = "",
    ) -> None:
        self.where = where.split(", ")
        self.name = name
        self.direction: Direction = direction
        self.label = label
        self.help = help
        self.kind = kind
        self.metavar = metavar or METAVARS[kind]

    @property
    def option(self) -> Any:  # noqa: ANN401 - what Typer reads in an annotation
        """The option or argument for Typer, which bears its row of the table as ``dated``."""
        if self.name:
            info: Any = typer.Option(self.name, metavar=self.metavar, help=self.help)
        else:
            info = typer.Argument(metavar=self.metavar, help=self.help)
        info.dated = self
        return info


# --- cases ---------------------------------------------------------------------------------

RECEIVED = Dated("intake", "--received", "past", "收到", "收到的时间, 默认现在", "moment")
AMENDED_RECEIVED = Dated(
    "amend", "--received", "past", "收到", "真正收到的时间; 期限随之改变, 须经批准", "moment"
)
SOURCE_DUE = Dated(
    "intake, amend", "--source-due", "any", "来源期限",
    "来源渠道要求办结的时间, 只写日期即到当日 24:00; 不是街道的时限", "moment",
)  # fmt: skip
AT = Dated(
    STEPS, "--at", "past", "时间", "实际发生的时间 (早于现在时), 须同时写 --reason", "moment"
)
DECIDE_DUE = Dated("decide", "--due", "future", "办结期限", "办结期限, 由会商决定")
PART_DUE = Dated("part", "--due", "future", "分工期限", "这一部分的期限, 到当日下班")
ENTERED_FROM = Dated("register show", "--from", "bound", "记录日期, 自", "记录的日期, 自 (含)")
ENTERED_TO = Dated("register show", "--to", "bound", "记录日期, 至", "记录的日期, 至 (含)")
INSTRUCTED = Dated("instruct", "--date", "past", "批示日期", "哪一天批示的; 不写即记录的这一天")
INSTRUCT_DUE = Dated("instruct", "--due", "future", "报结果的期限", "批示要求哪一天前报结果")
DEMAND_BY = Dated("demand", "--answer-by", "future", "答复期限", "要求它哪一天前答复, 可不写")
MATERIAL_DUE = Dated("service need", "--due", "future", "补交期限", "要求哪一天前补来")
ANSWER_BY = Dated("urge", "--answer-by", "future", "答复期限", "要求哪一天前答复")
LIST_FROM = Dated("list, export", "--from", "bound", "收到日期, 自", "收到日期, 自 (含)")
LIST_TO = Dated("list, export", "--to", "bound", "收到日期, 至", "收到日期, 至 (含)")
ANSWERS_SINCE = Dated(
    "export", "--since", "past", "自", "答复 (--answers): 记入台账在这一刻及以后的", "moment"
)
COUNT_FROM = Dated("explain, calendar due", "--from", "any", "收到", "收到的日期或时间", "moment")

AUDIT_SINCE = Dated("audit", "--since", "bound", "自", "自哪一天 (含); 不写则自台账开始")
AUDIT_UNTIL = Dated("audit", "--until", "bound", "至", "至哪一天 (含)")

# --- supervision ---------------------------------------------------------------------------

LAPSES_FROM = Dated("lapses", "--from", "bound", "时段, 自", "自哪一天; 不写即当月 1 日")
LAPSES_TO = Dated("lapses", "--to", "bound", "时段, 至", "至哪一天 (含); 不写即今天")
REPORT_MONTH = Dated(
    "report", "--month", "past", "时段", "月报, 如 2026-10; 不写月份即上月", "month"
)
REPORT_WEEK = Dated("report", "--week", "past", "时段", "周报; 不写日期即上周", "week")
REPORT_QUARTER = Dated("report", "--quarter", "past", "时段", "季报, 如 2026Q3", "quarter")
REPORT_DAY = Dated("report", "--day", "past", "时段", "日报; 不写日期即昨天", metavar="[日期]")
REPORT_HALF = Dated("report", "--half", "past", "时段", "半年报, 如 2026H1、上半年", "half")
REPORT_FROM = Dated("report", "--from", "bound", "时段, 自", "自哪一天 (含), 与 --to 同用")
REPORT_TO = Dated("report", "--to", "bound", "时段, 至", "至哪一天 (含); 不写即今天")
REPORT_YEAR = Dated("report", "--year", "past", "时段", "年报", "year")
REPORT_AS_OF = Dated("report", "--as-of", "past", "截至", "按台账在那一刻的记录出报告", "moment")
ASSESS_MONTH = Dated(
    "assess show", "--month", "past", "时段", "一个月, 如 2026-10; 不写月份即上月", "month"
)
ASSESS_QUARTER = Dated("assess show", "--quarter", "past", "时段", "一个季度, 如 2026Q3", "quarter")
ASSESS_YEAR = Dated(
    "assess show", "--year", "past", "时段", "一年, 附派驻机构的年度考核表 (附3.5)", "year"
)
ASSESS_AS_OF = Dated("assess show", "--as-of", "past", "截至", "按台账在那一刻的记录出表", "moment")
_PROCEDURE = "assess draft, assess sheet, assess object, assess approve"
PROCEDURE_MONTH = Dated(_PROCEDURE, "--month", "past", "时段", "一个月; 不写月份即上月", "month")
PROCEDURE_QUARTER = Dated(
    _PROCEDURE, "--quarter", "past", "时段", "一个季度, 如 2026Q3; 不写即上季度", "quarter"
)
PROCEDURE_YEAR = Dated(_PROCEDURE, "--year", "past", "时段", "一年; 不写即去年", "year")
PROCEDURE_DATE = Dated(
    "assess sheet, assess object, assess answer", "--date", "past", "日期", "哪一天, 默认今天"
)
APPROVED_DATE = Dated("assess approve", "--date", "past", "日期", "机构哪一天审定的, 默认今天")
MARK_DATE = Dated(
    "assess item add, assess consent", "--date", "past", "日期", "记在哪一天, 默认今天"
)
LETTER_DATE = Dated("assess ask", "--date", "past", "来函", "来函的日期, 默认今天")
LETTER_ANSWER_BY = Dated("assess ask", "--answer-by", "any", "要求答复", "来函要求哪一天前答复")
LETTER_YEAR = Dated(
    "assess ask", "--year", "any", "年度", "关于哪一年度, 默认来函那年", "year", "年"
)
LETTERS_YEAR = Dated("assess letters", "--year", "past", "年度", "哪一年度, 默认今年", "year", "年")
REPLY_DATE = Dated("assess reply", "--date", "past", "答复", "答复的日期, 默认今天")
MOVED_DATE = Dated("assess moved", "--date", "any", "任免", "任免的日期, 默认今天")
ACCOUNT_DATE = Dated(
    "accountability ask, accountability statement, accountability decide, accountability result, "
    "accountability review, accountability reply",
    "--date", "past", "日期", "哪一天, 默认今天",
)  # fmt: skip
STATEMENT_BY = Dated("accountability ask", "--answer-by", "any", "说明期限", "请单位哪一天前说明")
RESULT_DUE = Dated("accountability decide", "--due", "any", "报结果", "哪一天前报结果")
PROPOSED_DATE = Dated("accountability propose", "--date", "past", "送交", "哪天送交的, 默认今天")
OPINION_YEAR = Dated("assess opinion", "--year", "past", "年度", "哪一年度, 默认今年", "year", "年")

# --- the office ----------------------------------------------------------------------------

LISTED_AS_OF = Dated(
    "register list, register show, accountability list, assess letters, assess procedure, "
    "disputes, groups list, inspection list, meeting attendance, meeting missing, operation list, "
    "service owes, shift list, shift promised, shift show",
    "--as-of", "past", "截至", "按台账在那一刻的记录列出", "moment",
)  # fmt: skip
DUTY_DAY = Dated("duty plan, duty swap", "", "any", "日期", "如 2026-11-24、11月24日、明天")
REGISTER_FROM = Dated("register on", "--from", "any", "自", "自哪一天起计, 默认今天")
DUTY_BEGIN = Dated("duty begin", "", "any", "日期", "默认今天", metavar="[日期]")
LEAVE_FROM = Dated("duty leave", "--from", "any", "自", "自哪一天 (含)")
LEAVE_TO = Dated("duty leave", "--to", "any", "至", "至哪一天 (含), 默认当天")
ROSTER_DATE = Dated("duty roster", "--date", "any", "日期", "某一天, 默认今天")
ROSTER_MONTH = Dated(
    "duty roster", "--month", "any", "月份", "某一月; 只写 --month 是上月", "month", "[月份]"
)
DRAFT_MONTH = Dated("duty draft", "--month", "future", "月份", "如 2026-12", "month", "月份")
ATTENDED_DATE = Dated(
    "duty attendance, duty check, duty outside", "--date", "past", "日期", "某一天, 默认今天"
)
ATTENDED_MONTH = Dated(
    "duty attendance, duty check", "--month", "past", "月份", "某一月; 只写 --month 是上月",
    "month", "[月份]",
)  # fmt: skip
SIGN_AT = Dated(
    "duty in, duty out", "--at", "past", "时间", "实际的时间, 如 8:05; 默认现在", "moment"
)
SIGN_UNTIL = Dated("duty in", "--until", "past", "签退", "补记时同时写明签退时间", "moment")
OUTSIDE_FROM = Dated("duty outside", "--from", "past", "自", "自几点, 如 10:00", "hour")
OUTSIDE_TO = Dated("duty outside", "--to", "past", "至", "至几点, 如 11:30", "hour")
ON_DATE = Dated(
    "meeting plan, meeting move, operation plan, operation people, operation stage",
    "--date", "any", "日期", "如 2026-12-01、明天",
)  # fmt: skip
UNTIL = Dated("operation plan, operation stage", "--until", "any", "至", "多日的, 至哪一天 (含)")
FIELD_DAY = Dated("operation day", "--date", "past", "日期", "哪一天, 默认今天")
START = Dated(
    "meeting plan, meeting move, operation plan", "--from", "any", "自", "自几点, 如 14:00", "hour"
)
END = Dated(
    "meeting plan, meeting move, operation plan", "--to", "any", "至", "至几点, 如 16:00", "hour"
)
PROPOSE_MONTH = Dated(
    "meeting propose", "--month", "any", "月份", "如 2026-12; 不写即下个月", "month"
)
ROLL_MONTH = Dated(
    "meeting attendance, meeting missing", "--month", "past", "时段",
    "一个月, 如 2026-10; 不写月份即上月", "month",
)  # fmt: skip
ROLL_QUARTER = Dated(
    "meeting attendance, meeting missing", "--quarter", "past", "时段", "一个季度, 如 2026Q3",
    "quarter",
)  # fmt: skip
ROLL_YEAR = Dated("meeting attendance, meeting missing", "--year", "past", "时段", "一年", "year")
DISPUTES_MONTH = Dated(
    "disputes", "--month", "past", "时段", "一个月, 如 2026-10; 不写月份即上月", "month"
)
DISPUTES_QUARTER = Dated("disputes", "--quarter", "past", "时段", "一个季度, 如 2026Q3", "quarter")
DISPUTES_YEAR = Dated("disputes", "--year", "past", "时段", "一年", "year")
GROUPS_MONTH = Dated(
    "groups enter", "--month", "past", "月份", "哪一月, 如 2026-11; 不写即上月", "month", "月"
)
GROUPS_LISTED = Dated(
    "groups list", "--month", "past", "月份", "只看一个月, 如 2026-11", "month", "月"
)
PLAN_DUE = Dated("meeting task add", "--due", "future", "期限", "至哪一天完成")
MINUTES_DUE = Dated("meeting minutes", "--due", "future", "期限", "至哪一天办完")
TASK_DUE = Dated("meeting task postpone", "--due", "future", "新的期限", "新的期限")
PATROL_DATE = Dated("patrol record", "--date", "past", "日期", "哪一天, 默认今天")
PATROL_FROM = Dated("patrol record", "--from", "past", "自", "自几点, 如 9:00", "hour")
PATROL_TO = Dated("patrol record", "--to", "past", "至", "至几点, 如 11:00", "hour")
PATROL_MONTH = Dated(
    "patrol list", "--month", "past", "月份", "只看一个月, 如 2026-11", "month", "月"
)
GAPS_DATE = Dated("patrol gaps", "--date", "past", "日期", "到哪一天为止, 默认今天")
INSPECTION_MONTH = Dated(
    "inspection enter, inspection link", "--month", "past", "月份", "哪个月的, 如 2026-11",
    "month", "月",
)  # fmt: skip
INSPECTIONS_MONTH = Dated(
    "inspection list", "--month", "past", "月份", "只看一个月, 如 2026-11", "month", "月"
)
OPERATION_MONTH = Dated(
    "operation list", "--month", "any", "月份", "只看一个月, 如 2026-11", "month", "月"
)
SHIFT_DATE = Dated(
    "shift note, shift handover, shift show", "--date", "past", "值班日",
    "哪一天的值班日志, 默认今天 (事情发生的那一天)",
)  # fmt: skip
SHIFT_AT = Dated(
    "shift note, shift handover, shift done", "--at", "past", "时间", "实际的时间, 默认现在",
    "moment",
)  # fmt: skip
SHIFT_PROMISED = Dated("shift note", "--promised", "future", "答应的日期", "答应在哪一天前办")
SHIFT_MONTH = Dated("shift list", "--month", "past", "月份", "哪一月, 默认本月", "month", "月")
GRIDS_MONTH = Dated("units grids", "--month", "past", "时段", "如 2026-10; 不写即上月", "month")
UNITS_FROM = Dated(
    "units add, units change, units end, units import, units person add, units person change, "
    "units person leave",
    "--from", "any", "日期", "自哪一天起 (含), 默认今天",
)  # fmt: skip
UNITS_AS_OF = Dated(
    "units list, units show, units people", "--as-of", "any", "日期", "哪一天的情况, 默认今天"
)
LICENCE_FROM = Dated(
    "units person add, units person change", "--licence-from", "past", "执法证有效期自",
    "执法证有效期自",
)  # fmt: skip
LICENCE_UNTIL = Dated(
    "units person add, units person change", "--licence-until", "any", "执法证有效期至",
    "执法证有效期至 (含)",
)  # fmt: skip

# --- the calendar --------------------------------------------------------------------------

CALENDAR_SHOWN = Dated(
    "calendar show", "", "any", "月份", "2026、2026-10 或 10月", "month", "[年|月]"
)
NOTICE_YEAR = Dated(
    "calendar import", "--year", "any", "年份", "通知原文没有标题时, 是哪一年", "year", "年"
)
LOCAL_OFF = Dated("calendar add-local", "--off", "any", "放假", "放假的日子, 可多次给出")
LOCAL_WORK = Dated("calendar add-local", "--work", "any", "上班", "上班的日子, 可多次给出")

#: every row, as the tests and the documentation read it
TABLE: Final = tuple(row for row in tuple(globals().values()) if isinstance(row, Dated))
