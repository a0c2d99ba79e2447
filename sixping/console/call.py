"""The call: text first, so that all else is a default; repeats before the dull questions.

What was given as an option is not asked. Enter takes what is proposed and leaves it a
suggestion; a number or a word is the officer's own. Nothing is recorded here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.console.incoming import Taken
from sixping.console.prompts import ask, ask_block, ask_laid, choose, retried
from sixping.documents import phrases
from sixping.errors import Interrupted
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import Severity
from sixping.triage.reasons import Grounds, place_rule
from sixping.triage.suggest import suggest
from sixping.util.clock import from_text
from sixping.util.masking import mask_phone
from sixping.util.text import SHORT, accept_text, shorten, spoken_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sixping.cases.steps.intake import Reported
    from sixping.console.context import Context
    from sixping.services.intake import CallDesk, KnownCase

_CANDIDATES = 3
_LINE = 76
#: answers to what there may be none of
_NONE = frozenset({"0", "无", "不清楚"})
_NAMELESS = frozenset({"匿名", "不愿留名", "不留名", "不愿透露姓名"})
#: what is not asked in turn: the check page alone asks for it
_LATER = frozenset({"text", "into", "about", "source_no", "nature"})
#: what the check page leaves out where there is none
_RARE = frozenset({"into", "source_no"})
_GIVEN_UP = "已放弃, 没有登记。"


class Call:
    """The answers of one call so far, and the questions that are left."""

    def __init__(self, context: Context, desk: CallDesk, values: dict[str, Any]) -> None:
        """Begin with what was given as options."""
        self.context, self.desk, self.values = context, desk, values
        self.into: str | None = None
        self.unknown: set[str] = set()
        self.shown: frozenset[str] = frozenset()
        self.answered = {name for name, value in values.items() if value}
        #: what the check page shows and lets one change, in the order of the questions
        self.questions: dict[str, tuple[str, Callable[[], None]]] = {
            "text": ("内容", self.ask_text),
            "into": ("并入", self.ask_into),
            "phone": ("电话", self.ask_phone),
            "community": ("社区", self.ask_community),
            "grid": ("网格", self.ask_grid),
            "place": ("地点", self.ask_place),
            "reporter": ("反映人", self.ask_reporter),
            "channel": ("渠道", self.ask_channel),
            "category": ("类别", self.ask_category),
            "severity": ("等级", self.ask_severity),
            "nature": ("性质", self.ask_nature),
            "about": ("被反映对象", self.ask_about),
            "source_no": ("来源编号", self.ask_source_no),
        }
        if not desk.data.taxonomy.natures:  # the street has no list of them
            del self.questions["nature"]

    @property
    def foreseen(self) -> Reported:
        """What would be recorded as things stand."""
        return self.desk.foresee(self.values, self.unknown)

    # --- the order of a call ------------------------------------------------------------

    def take(self) -> Taken:
        """Ask everything that was not given, then have it checked."""
        if not self.values["text"]:
            self.ask_text()
        self._say_suggestion()
        if not self.into:
            self._ask_repeats()
        for name, (_, question) in self.questions.items():
            if name not in _LATER and name not in self.answered and self._matters(name):
                self._ask_whole(question)
                self.answered.add(name)
        self._check()
        return self._taken()

    def _ask_whole(self, question: Callable[[], None]) -> None:
        """Ask; a question that is left half answered leaves the former answer."""
        former = dict(self.values), set(self.unknown), self.into
        try:
            question()
        except (KeyboardInterrupt, EOFError):
            self.values, self.unknown, self.into = former
            raise

    def _matters(self, name: str) -> bool:
        """Whether there is anything to ask as things stand."""
        if name == "grid":
            return bool(self._grids()) and not self.values["grid"]
        return not (name in {"phone", "reporter"} and self.values["anonymous"])

    def take_short(self) -> Taken:
        """Ask only what matters beside a text that was given: where, unless it says so.

        And whether it repeats another.
        """
        if not self.foreseen.community:
            self.ask_community()
        if not self.foreseen.grid and self._grids():
            self.ask_grid()
        self._ask_repeats()
        return self._taken()

    def _taken(self) -> Taken:
        return Taken(self.values, frozenset(self.unknown), self.into, self.shown)

    # --- the questions -----------------------------------------------------------------------

    def ask_text(self) -> None:
        """Ask for the words of the report until there are any; other words ask other things."""
        former = self.values["text"]
        before = self.foreseen if former else None
        asked = "内容 (可粘贴多行, 空行结束; Ctrl-C 留草稿):"
        try:
            while not (text := retried(self.context, self._text, ask_block(self.context, asked))):
                self.context.say("请写出反映的内容; 放弃按 Ctrl-C。")
        except KeyboardInterrupt as left:  # with what stood there half written
            self.values["text"] = former or "".join(left.args)
            raise
        self.values["text"] = text
        if before and text != former:
            self._ask_anew(before)

    def _ask_anew(self, before: Reported) -> None:
        """Ask again what was answered to other words: which repeat, category and grade it is."""
        self._keep_where(before)
        self._say_suggestion()
        self._ask_repeats()
        if self.values["category"] or "uncategorised" in self.unknown:
            self.ask_category()
        if self.values["severity"]:
            self.ask_severity()

    def ask_into(self) -> None:
        """Ask again which case it repeats; Enter takes a merge back."""
        if not self._ask_repeats():
            self.context.say("没有疑似重复的事项。")

    def ask_phone(self) -> None:
        """Ask for the number, and say what this caller reported before."""
        anonymous, self.values["anonymous"] = self.values["anonymous"], False
        self._ask_short("phone", "来电号码 [无]: ")
        if anonymous:
            self._leave_nameless()
        phone = self.values["phone"]
        count, cases = self.desk.earlier_of(phone) if phone else (0, [])
        if count:
            self.context.say(f"这个号码以前反映过 {count} 件:", *self._lines(cases))
            if count > len(cases):
                self.context.say(f"  另有 {count - len(cases)} 件")

    def ask_community(self) -> None:
        """Ask where it is: Enter takes what the report names."""
        self.unknown.discard("unplaced")
        self.values |= {"community": None, "grid": None}
        spot = self.foreseen
        if spot.community:
            why = _why(spot)
            answer = choose(
                self.context, "社区", (), enter=f"{spot.community}, {why}", zero="不清楚",
                read=self._community,
            )  # fmt: skip
        else:
            names = [u.name for u in self.desk.data.units if u.kind is UnitKind.COMMUNITY]
            answer = choose(
                self.context, "社区", names, enter="不清楚", zero="不清楚", read=self._community
            )
        if answer == "0":
            self.unknown.add("unplaced")
        unit = self.desk.data.units.get(answer)
        if unit and unit.kind is UnitKind.GRID:
            self.values |= {"community": unit.parent, "grid": unit.name}
        else:
            self.values["community"] = None if answer in {"", "0"} else answer

    def ask_grid(self) -> None:
        """Ask for the grid within the community, or say that there is none to choose."""
        self.values["grid"] = None
        spot = self.foreseen
        grids = self._grids()
        if not grids:
            self.context.say(f"{spot.community}没有网格。" if spot.community else "请先输入 社区。")
            return
        enter = f"{spot.grid}, {_why(spot)}" if spot.grid else "不清楚"
        answer = choose(self.context, "网格", grids, enter=enter, zero="不清楚", read=self._grid)
        if answer == "0" and spot.grid:  # nothing is to be read into the text after all
            self.values["community"] = spot.community
            self.unknown.add("unplaced")
        self.values["grid"] = None if answer in {"", "0"} else answer

    def ask_place(self) -> None:
        """Ask for the place."""
        before = self.foreseen
        self._ask_short("place", "地点 [无]: ")
        self._keep_where(before)

    def ask_reporter(self) -> None:
        """Ask who reports it; 匿名 means that they will not say."""
        self.values["anonymous"] = False
        self._ask_short("reporter", "反映人 [不写; 不愿留名写 匿名]: ")
        if self.values["reporter"] in _NAMELESS:
            self._leave_nameless()

    def _leave_nameless(self) -> None:
        """Leave out who it is; a number that was given is kept only where somebody says so."""
        self.values["reporter"] = None
        asked = "匿名就不记电话"
        if not self.values["phone"] or not choose(
            self.context, asked, ["保留电话, 不匿名"], enter="不记电话"
        ):
            self.values |= {"phone": None, "anonymous": True}

    def ask_channel(self) -> None:
        """Ask through which channel it came; Enter is the policy's default."""
        asked = f"渠道 [{self.desk.rules.edition.default_channel.name}]: "
        while True:
            answer = ask(self.context, asked)
            name = retried(
                self.context, lambda given: self._tried("channel", given or None).channel, answer
            )
            if name:
                self.values["channel"] = name if answer else None
                return

    def ask_category(self) -> None:
        """Ask for the category: by number, by its name, or what the text suggests."""
        self.values["category"] = None
        self.unknown.discard("uncategorised")
        event = self.foreseen
        names = self._candidates(event)
        enter = f"{event.category}, 建议" if event.category else "先不定"
        answer = choose(
            self.context, "类别", names, enter=enter, zero="其他/先不定", read=self._category
        )
        if answer == "0":
            self.unknown.add("uncategorised")
        self.values["category"] = None if answer in {"", "0"} else answer

    def ask_severity(self) -> None:
        """Ask for the grade: a number finds it, Enter leaves it a suggestion (三)."""
        self.values["severity"] = None
        grades = [grade.value for grade in Severity]
        suggested = self.foreseen
        confirmed = ", 未确认" if suggested.suggested else ""
        enter = f"{suggested.severity.value}, 建议{confirmed}"
        self.values["severity"] = choose(self.context, "等级", grades, enter=enter) or None

    def ask_nature(self) -> None:
        """Ask what the report wants: Enter leaves it unset, whatever its words suggest."""
        self.values["nature"] = None
        known = [nature.name for nature in self.desk.data.taxonomy.natures]
        answer = choose(self.context, "性质", known, enter="未定", zero="未定", read=self._nature)
        self.values["nature"] = None if answer in {"", "0"} else answer

    def ask_about(self) -> None:
        """Ask whom it is about; few reports name anybody, so the check page alone asks."""
        self._ask_short("about", "被反映的人、企业或单位 [无]: ")

    def ask_source_no(self) -> None:
        """Ask for its number at its source."""
        self._ask_short("source_no", "来源编号 [无]: ")

    # --- what is said in between -------------------------------------------------------------

    def _say_suggestion(self) -> None:
        event = self.foreseen
        if event.emergency:
            self.context.say(phrases.emergency_first(event.emergency))
        grade = event.severity.value + (" (未确认)" if event.suggested else "")
        parts = {
            "网格" if event.grid else "社区": event.grid or event.community,
            "类别": event.category, "等级": grade, "单位": event.lead,
        }  # fmt: skip
        said = [f"{label} {value}" for label, value in parts.items() if value]
        self.context.say(f"从内容看: {'; '.join(said)}")

    def _ask_repeats(self) -> bool:
        """Ask which known case it repeats, if it may repeat any at all."""
        self.into = None
        known = self.desk.repeats(self.foreseen)
        if not known:
            return False
        self.shown |= {case.number for case in known}
        self.context.say(f"疑似重复 {len(known)} 件:", *self._lines(known))
        best = next((case for case in known if case.open), known[0])
        number = spoken_number(best.number, self.context.now.year)
        merging = [f"m = 并入 {number}"] if best.open else []
        ways = ["回车 = 不是", *merging, f"s = 先看 {number}", ": "]
        while answer := ask_laid(self.context, ways):
            word, _, other = answer.partition(" ")
            case = best if not other else _numbered(known, other, self.context)
            if case and word == "s":
                self.context.say(f"  {case.number} {case.status}: {case.summary}")
            elif case and case.open and word == "m":
                self.into = case.number
                return True
            else:
                self.context.say("请按回车, 或输入 m、s (可加编号, 如 m 54)。")
        return True

    def _lines(self, known: Iterable[KnownCase]) -> list[str]:
        year = self.context.now.year
        return [
            shorten(
                f"  {spoken_number(case.number, year)}  {case.status}"
                f"  {phrases.day(from_text(case.received_at).date(), year)}"
                f"  {case.where}  {case.summary}",
                _LINE,
            )
            for case in known
        ]

    def _check(self) -> None:
        """Show all of it; Enter ends, a field's word asks for it again, q gives up."""
        while True:
            self.context.say(
                "", "请核对 (回车登记; 改哪一项就输入它的字; q 放弃, 留草稿):", *self._page()
            )
            answer = ask(self.context, "> ")
            if not answer:
                return
            if answer in {"q", "Q"}:
                raise Interrupted(_GIVEN_UP)
            if question := self._question(answer):
                self._change(question)
            else:
                labels = "、".join(label for label, _ in self.questions.values())
                self.context.say(f"没有这一项: {shorten(answer, 20)}。可改: {labels}。")

    def _change(self, question: Callable[[], None]) -> None:
        if question == self.ask_text:  # other words are never left with answers to the former
            question()
            return
        self._ask_whole(question)
        if question == self.ask_community and self._matters("grid"):
            self.ask_grid()

    def _question(self, word: str) -> Callable[[], None] | None:
        """Return the question of this label, or of the only one that begins like it."""
        asked = dict(self.questions.values())
        near = [label for label in asked if label.startswith(word)]
        return asked.get(near[0] if len(near) == 1 else word)

    def _page(self) -> list[str]:
        event, values = self.foreseen, self.values
        why = f" ({_why(event)})" if event.located else ""
        phone = mask_phone(values["phone"]) if values["phone"] else ""
        own = " (建议)" if values["category"] is None and event.category else ""
        grade = "" if values["severity"] else " (建议, 未确认)" if event.suggested else " (建议)"
        shown = {
            "text": event.text, "phone": phone, "community": f"{event.community or ''}{why}",
            "grid": event.grid, "place": event.place,
            "reporter": "匿名" if event.anonymous else event.reporter, "channel": event.channel,
            "category": f"{event.category or ''}{own}",
            "severity": f"{event.severity.value}{grade}", "nature": _nature(event),
            "about": values["about"], "into": self.into, "source_no": event.source_no,
        }  # fmt: skip
        return [
            shorten(f"  {label}  {shown[name] or '(未填)'}", _LINE)
            for name, (label, _) in self.questions.items()
            if shown[name] or name not in _RARE
        ]

    # --- what answers mean ---------------------------------------------------------------

    def _ask_short(self, name: str, question: str) -> None:
        """Ask for one line that may stay empty."""
        label = self.questions[name][0]

        def read(given: str) -> str:
            taken = accept_text(given, field=label, limit=SHORT)
            self._tried(name, taken)
            return taken

        while (answer := ask(self.context, question)) and answer not in _NONE:
            if taken := retried(self.context, read, answer):
                self.values[name] = taken
                return
        self.values[name] = None

    def _tried(self, name: str, answer: str | None) -> Reported:
        """Return what would be recorded with this answer, if that may be recorded."""
        event = self.desk.foresee({**self.values, name: answer}, self.unknown)
        self.desk.refuse_known(event)
        return event

    def _keep_where(self, before: Reported) -> None:
        """Keep the community and grid that were answered where they can be read no more."""
        now = self.foreseen
        kept = {"community": before.community, "grid": before.grid}
        lost = before.community and not now.community
        if lost or (before.grid and not now.grid and now.community == before.community):
            self.values |= kept
            where = before.grid or before.community
            self.context.say(f"注意: 从内容和地点看不出是哪里了, 仍按所答的记为{where}, 请核对。")

    def _grids(self) -> list[str]:
        units = self.desk.data.units
        return [unit.name for unit in units.grids(self.foreseen.community or "")]

    def _text(self, given: str) -> str:
        self.desk.foresee({"text": given} if given.strip() else {})
        return given

    def _community(self, given: str) -> str:
        """Return the community that is meant; a grid by its full name says which, too."""
        units = self.desk.data.units
        unit = units.get(given)
        if unit and unit.kind is UnitKind.GRID:
            return unit.name
        return units.find(given, UnitKind.COMMUNITY).name

    def _grid(self, given: str) -> str:
        units, within = self.desk.data.units, self.foreseen.community
        name = units.find(given, UnitKind.GRID, within=within).name
        self._tried("grid", name)
        return name

    def _category(self, given: str) -> str:
        return self.desk.data.taxonomy.find(given).name

    def _nature(self, given: str) -> str:
        return self.desk.data.taxonomy.nature(given)

    def _candidates(self, event: Reported) -> list[str]:
        data = self.desk.data
        found = suggest(
            event.text or "", data.taxonomy, data.signals, data.units, place=event.place or ""
        ).candidates
        names = [event.category, *(name for name, _ in found)]
        return list(dict.fromkeys(name for name in names if name))[:_CANDIDATES]


def _nature(event: Reported) -> str:
    """Return what somebody stated, else what the words suggest."""
    suggested = Grounds.read(event.reasons or []).nature
    return event.nature or (f"未定 (建议{suggested[0]})" if suggested else "")


def _why(event: Reported) -> str:
    return place_rule("", "", event.located) if event.located else ""


def _numbered(known: Iterable[KnownCase], number: str, context: Context) -> KnownCase | None:
    wanted = number.strip()
    year = context.now.year
    return next((c for c in known if wanted in {c.number, spoken_number(c.number, year)}), None)
