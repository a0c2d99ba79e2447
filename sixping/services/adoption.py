"""Rules on their way from a folder into a ledger: read, checked key by key, compared, adopted."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.calendar.check import difference
from sixping.calendar.files import load_layers
from sixping.calendar.layers import CALENDAR, layers_data, read_layers
from sixping.errors import BadData, NotAllowed, SixpingError
from sixping.importing.drafting.headings import parse_headings
from sixping.importing.profiles import parse_profile
from sixping.office import streams
from sixping.office.inspections import inspections_on
from sixping.office.meetings import meetings_on
from sixping.office.organisation import PEOPLE, STREAM, UNITS, History, UnitsAdopted, base
from sixping.policy.assessment import SCHEME
from sixping.policy.difference import ADDED, CHANGED, REMOVED, Difference, differences
from sixping.policy.editions import POLICY, load_policy
from sixping.policy.inspections import INSPECTIONS
from sixping.policy.meetings import MEETINGS
from sixping.policy.services import SERVICES
from sixping.policy.teams import FIELD_RULES
from sixping.policy.units import UNITS as UNITS_FILE
from sixping.policy.units import near_name
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.queries.rules import categories_in_use, editions_in_use, units_in_use
from sixping.services.demonstration import parse_demo
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import digest_of, rulebooks_on
from sixping.store import documents
from sixping.triage.signals import SIGNALS
from sixping.triage.taxonomy import TAXONOMY
from sixping.util import datafiles
from sixping.util.toml import Fault, KeyFault, RuleFile, Table, plain
from sixping.workdays import laid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sixping.policy.editions import Policy
    from sixping.policy.inspections import InspectionRules
    from sixping.policy.meetings import MeetingRules
    from sixping.policy.services import Services
    from sixping.policy.units import Units
    from sixping.store.documents import Adopted
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.triage.taxonomy import Taxonomy

#: what a ledger carries, in the order in which it is shown and adopted
FILES: tuple[RuleFile[Any], ...] = (
    POLICY, TAXONOMY, SIGNALS, UNITS_FILE, MEETINGS, FIELD_RULES, SCHEME, CALENDAR,
)  # fmt: skip
#: what a ledger carries once its street has written it: without one it goes by what ships
OPTIONAL: tuple[RuleFile[Any], ...] = (SERVICES, INSPECTIONS)
#: files of a data folder that are read, but not adopted
_BESIDE = ("demo.toml", "headings.toml", "letterhead.toml")
_IN_CALENDAR = ("statute", "festivals", "corrections", "places", "here")
_SUBFOLDERS = ("profiles", "calendar/local", "calendar/years")
FAILING = frozenset({"wrong", "missing"})


# --- read ----------------------------------------------------------------------------------


def offered(root: Path | None = None) -> dict[str, str]:
    """Return the text of every document as the data have it, by name.

    ``root`` stands in for ``SIXPING_DATA``; what it lacks is what came with the program.
    Raises ``BadData`` or ``InputOutput`` for what cannot be read.
    """
    stated = root or datafiles.stated_folder()
    own_names = _optional_names(stated) if stated else []
    return {name: _text(name, root) for name in (*(file.name for file in FILES), *own_names)}


def own(folder: Path) -> dict[str, str]:
    """Return the text of the documents a folder itself has something of."""
    datafiles.require_folder(folder)
    return {name: _text(name, folder) for name in _own_names(folder)}


def _own_names(folder: Path) -> list[str]:
    names = [file.name for file in FILES if file is not CALENDAR]
    own_names = [name for name in names if (folder / f"{name}.toml").exists()]
    if (folder / CALENDAR.name).is_dir():
        own_names.append(CALENDAR.name)
    return own_names + _optional_names(folder)


def _optional_names(folder: Path) -> list[str]:
    return [file.name for file in OPTIONAL if (folder / f"{file.name}.toml").exists()]


def _text(name: str, root: Path | None) -> str:
    if name == CALENDAR.name:
        data = layers_data(load_layers(root=root))
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return datafiles.read(f"{name}.toml", root)[0]


def adopted_texts(con: Connection) -> dict[str, str]:
    """Return the text of every document a ledger works by, by name."""
    every = documents.latest(documents.adoptions(con))
    return {name: documents.content(con, name, one.digest) for name, one in every.items()}


# --- checked -------------------------------------------------------------------------------


class Checked(NamedTuple):
    """What documents say, by name, and all that is wrong, missing or unused in them."""

    values: dict[str, Any]
    faults: list[Fault]

    @property
    def failing(self) -> list[Fault]:
        """Return what keeps them from being adopted."""
        return [fault for fault in self.faults if fault.kind in FAILING]


def check(texts: Mapping[str, str]) -> Checked:
    """Read documents and hold them against each other; every fault is listed."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for file in (*FILES, *(file for file in OPTIONAL if file.name in texts)):
        value, found = _checked(file, texts[file.name])
        unfit = any(fault.kind in FAILING or fault.kind == "unused" for fault in found)
        if value is not None and not unfit:
            values[file.name] = value
        # A key nobody reads is an error of the file: what was meant would be lost in silence.
        faults += [f._replace(kind="wrong") if f.kind == "unused" else f for f in found]
    if UNITS_FILE.name in values and TAXONOMY.name in values:
        faults += _functions(values[UNITS_FILE.name], values[TAXONOMY.name])
    if MEETINGS.name in values and TAXONOMY.name in values:
        faults += _heads(values[MEETINGS.name], values[TAXONOMY.name])
    if POLICY.name in values and TAXONOMY.name in values:
        faults += _kept(values[POLICY.name], values[TAXONOMY.name])
        faults += _limited(values[POLICY.name], values[TAXONOMY.name])
    if SERVICES.name in values and {POLICY.name, TAXONOMY.name, UNITS_FILE.name} <= values.keys():
        faults += _of_services(values)
    if UNITS_FILE.name in values and CALENDAR.name in values:
        street = values[UNITS_FILE.name].roles.street
        if street not in values[CALENDAR.name].places:
            what = f"没有本街道 {street}: 只适用于它的地方文件不会生效"
            faults.append(Fault("calendar/places.toml", "places", "note", what))
    return Checked(values, faults)


def check_whole(texts: Mapping[str, str]) -> Checked:
    """Check documents beside those of the data that they lack."""
    return check(
        {file.name: texts.get(file.name) or _text(file.name, None) for file in FILES}
        | {file.name: texts[file.name] for file in OPTIONAL if file.name in texts}
    )


@lru_cache(maxsize=16)
def _checked(file: RuleFile[Any], text: str) -> tuple[Any, tuple[Fault, ...]]:
    """Return what a text says (None: it cannot be used) and what is wrong with it.

    A text is checked once a process: what is read from it is not changed.
    """
    source = f"{file.name}.toml"
    faults: list[Fault] = []
    try:
        return file.read(Table(plain(text, source), source, "", faults)), tuple(faults)
    except KeyFault as fault:
        faults.append(fault.fault)
    except BadData as fault:
        faults.append(Fault(source, "", "wrong", fault.what.removeprefix(f"{source} ")))
    except (LookupError, ValueError, TypeError, StopIteration):
        if not faults:  # what stands in for a faulty value need not make sense
            raise
    return None, tuple(faults)


def _functions(units: Units, taxonomy: Taxonomy) -> Iterator[Fault]:
    wanted = Counter(category.lead for category in taxonomy)
    held = [function for unit in units for function in unit.functions]
    for function, count in wanted.items():
        if units.holder(function) is None:
            what = f"没有单位写有职能“{function}” ({count} 个类别由它牵头)"
            near = near_name(function, held)
            if near:
                first = next(c.name for c in taxonomy if c.lead == function)
                what = f"{what}{near}"
                yield Fault("taxonomy.toml", f"category[{first}].lead", "wrong", what)
            else:
                yield Fault("units.toml", "functions", "missing", what)
    for unit in units:
        for function in unit.functions:
            if function not in wanted:
                what = f"{unit.name}的职能“{function}”没有类别用到"
                yield Fault("units.toml", "functions", "unused", what)


def _heads(rules: MeetingRules, taxonomy: Taxonomy) -> Iterator[Fault]:
    known = {category.head for category in taxonomy}
    sources = {s.name: s for kind in rules.kinds for h in kind.headings for s in h.sources}
    for source in sources.values():
        for head in source.heads:
            if head not in known:
                what = f"没有这个大类: {head} (taxonomy.toml)"
                yield Fault("meetings.toml", f"source[{source.name}].heads", "wrong", what)


def _kept(policy: Policy, taxonomy: Taxonomy) -> Iterator[Fault]:
    """Yield the categories of the terms of keeping that are none: they would fit no case."""
    known = {category.name for category in taxonomy}
    for place, entry in enumerate(policy.retention, 1):
        for name in entry.categories:
            if name not in known:
                what = f"没有这个类别: {name} (taxonomy.toml){near_name(name, list(known))}"
                yield Fault("policy.toml", f"retention[{place}].categories", "wrong", what)


def _limited(policy: Policy, taxonomy: Taxonomy) -> Iterator[Fault]:
    """Yield the categories with a limit of their own that are none."""
    known = {category.name for category in taxonomy}
    for name in dict.fromkeys(n for edition in policy.editions for n in edition.by_category):
        if name not in known:
            what = f"没有这个类别: {name} (taxonomy.toml){near_name(name, list(known))}"
            yield Fault("policy.toml", f"category_limit[{name}]", "wrong", what)


def _of_services(values: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what the items of the catalogue name that is nowhere, or promise beyond the notice."""
    services: Services = values[SERVICES.name]
    units, edition = values[UNITS_FILE.name], values[POLICY.name].editions[-1]
    known = {category.name for category in values[TAXONOMY.name]}
    ceiling = edition.limit(ClockKind.CEILING, Severity.ORDINARY)
    for item in services.items:
        place = f"item[{item.name}]"
        if item.category is not None and item.category not in known:
            what = f"没有这个类别: {item.category} (taxonomy.toml)"
            what += near_name(item.category, list(known))
            yield Fault("services.toml", f"{place}.category", "wrong", what)
        if item.unit is not None and units.get(item.unit) is None:
            what = f"没有这个单位: {item.unit} (units.toml)"
            what += near_name(item.unit, [unit.name for unit in units])
            yield Fault("services.toml", f"{place}.unit", "wrong", what)
        most = ceiling.workdays if ceiling else None
        if item.ceiling is None and item.workdays and most and item.workdays > most:
            what = f"长于办法的最长时限 {most} 个工作日 ({ceiling.clause}); 确有依据的另写 ceiling"
            yield Fault("services.toml", f"{place}.workdays", "wrong", what)


def check_folder(folder: Path, beside: Mapping[str, str]) -> Checked:
    """Check a folder: its documents with those ``beside`` them, its other files, strange ones."""
    faults: list[Fault] = []
    texts = dict(beside) | _legible(folder, faults)
    checked = check(texts)
    faults += checked.faults
    faults += _others(folder)
    faults += [Fault(name, "", "unused", "不是数据文件, 不会读取") for name in _strange(folder)]
    return Checked(checked.values, faults)


def _legible(folder: Path, faults: list[Fault]) -> dict[str, str]:
    """Return the documents of a folder that can be read; the others are faults, one each."""
    datafiles.require_folder(folder)
    texts: dict[str, str] = {}
    for name in _own_names(folder):
        try:
            texts[name] = _text(name, folder)
        except KeyFault as fault:
            inside = "" if name != CALENDAR.name or "/" in fault.fault.source else "calendar/"
            faults.append(fault.fault._replace(source=f"{inside}{fault.fault.source}"))
        except SixpingError as fault:
            source = "calendar" if name == CALENDAR.name else f"{name}.toml"
            faults.append(Fault(source, "", "wrong", fault.what.removeprefix(f"{source} ")))
    if not (texts or faults):
        what = "没有规则文件; 文件名如 policy.toml"
        faults.append(Fault(str(folder), "", "missing", what))
    return texts


def _others(folder: Path) -> Iterator[Fault]:
    """Check the files that are read but not adopted."""
    readers: list[tuple[Path, Callable[[str, str], object]]] = [
        (path, parse_profile) for path in sorted(folder.glob("profiles/*.toml"))
    ]
    readers += [(path, parse_demo) for path in folder.glob("demo.toml")]
    readers += [(path, parse_headings) for path in folder.glob("headings.toml")]
    for path, read in readers:
        name = path.relative_to(folder).as_posix()
        try:
            read(datafiles.read_path(path), name)
        except KeyFault as fault:
            yield fault.fault
        except SixpingError as fault:
            yield Fault(name, "", "wrong", fault.what.removeprefix(f"{name} "))


def _strange(folder: Path) -> list[str]:
    known = {f"{file.name}.toml" for file in (*FILES, *OPTIONAL)} | set(_BESIDE)
    known.discard(f"{CALENDAR.name}.toml")
    known |= {f"calendar/{name}.toml" for name in _IN_CALENDAR}
    names = [p.relative_to(folder).as_posix() for p in sorted(folder.rglob("*")) if p.is_file()]
    return [
        name
        for name in names
        if name not in known
        and name.rpartition("/")[0] not in _SUBFOLDERS
        and "/." not in f"/{name}"
    ]


# --- compared ------------------------------------------------------------------------------


def compare(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """Return in words what differs between documents; those ``new`` lacks stay as they are."""
    found: list[Difference] = []
    for file in (*FILES, *OPTIONAL):
        before, after = old.get(file.name), new.get(file.name)
        if after is None or before == after:
            continue
        if before is None:
            found.append(Difference(file.name, "", ADDED))
            continue
        data = plain(before, file.name), plain(after, file.name)
        told = _days(*data) if file is CALENDAR else list(differences(file.name, *data))
        found += told or [Difference(file.name, "", CHANGED, new="只是注释或写法")]
    return found


def _days(old: dict[str, Any], new: dict[str, Any]) -> list[Difference]:
    """Return what differs between two calendars, day by day; else place by place."""
    name = CALENDAR.name
    before, after = (read_layers(Table(data, name, "")) for data in (old, new))
    found = [
        Difference(name, place, ADDED if place in after.places else REMOVED)
        for place in sorted(before.places ^ after.places)
    ]
    years = sorted(before.years.keys() ^ after.years.keys())
    found += [
        Difference(name, f"{year}年", ADDED if year in after.years else REMOVED) for year in years
    ]
    for day in difference(laid(before), laid(after)):
        old_words, new_words = (
            ("上班" if side.working else "休息") + (f" {side.name}" if side.name else "")
            for side in (day.old, day.new)
        )
        found.append(Difference(name, day.date.isoformat(), CHANGED, old_words, new_words))
    return found


def differing(con: Connection, texts: Mapping[str, str]) -> list[str]:
    """Return the names of documents that are not what a ledger adopted; none before it did."""
    adopted = documents.latest(documents.adoptions(con))
    optional = {file.name for file in OPTIONAL} if adopted else set()
    return [
        name
        for name, text in texts.items()
        if (
            adopted[name].digest != documents.digest_of(text)
            if name in adopted
            else name in optional
        )
    ]


# --- adopted -------------------------------------------------------------------------------


def require_sound(checked: Checked) -> None:
    """Raise ``BadData`` with the first fault that keeps rules from being adopted."""
    if checked.failing:
        first, more = checked.failing[0], len(checked.failing) - 1
        others = f" (另有 {more} 处)" if more else ""
        raise BadData(
            f"{first.source}: {first.key} {first.what}{others}",
            "全部问题见 sixping policy check 文件夹; 改正以前没有采用。",
        )


class Adoption(NamedTuple):
    """What an adoption comes to: the documents taken in, what differs, the digest of all.

    ``recounting``: how many open cases have promises that ``calendar apply`` would move then.
    """

    texts: dict[str, str]
    told: list[Difference]
    digest: str
    recount: bool = False
    recounting: int = 0


def plan(con: Connection, texts: Mapping[str, str], now: datetime) -> Adoption:
    """Return what adopting these documents would change; those it lacks stay as they are.

    Raises ``BadData`` for faulty ones, ``NotAllowed`` where the ledger needs what they lack.
    """
    old = adopted_texts(con)
    whole = old | dict(texts)
    checked = check_whole(whole)
    require_sound(checked)
    fresh = {name: text for name, text in texts.items() if old.get(name) != text}
    _refuse_unfit(con, fresh, checked.values, now)
    digest = documents.whole_digest({n: documents.digest_of(text) for n, text in whole.items()})
    before, after = documents.rule_on(con, POLICY, load_policy), checked.values[POLICY.name]
    recount = POLICY.name in fresh and _counts_otherwise(before, after)
    return Adoption(fresh, compare(old, fresh), digest, recount)


def adopt(tx: Transaction, texts: Mapping[str, str]) -> Adoption:
    """Take changed documents in, one event each; unchanged ones record nothing.

    Raises as ``plan``.
    """
    now = tx.stamp.now
    planned = plan(tx.con, texts, now)
    for name, text in planned.texts.items():
        documents.adopt(tx, name, text, recount=planned.recount and name == POLICY.name)
    if not planned.texts:
        return planned
    return planned._replace(recounting=promises_to_recount(tx.con, rulebooks_on(tx.con), now))


def _counts_otherwise(before: Policy, after: Policy) -> bool:
    """Tell whether a day there was rules for is counted otherwise than before."""
    days = [edition.start for edition in (*before.editions, *after.editions)]
    return any(before.edition_at(day).counting != after.edition_at(day).counting for day in days)


def _refuse_unfit(
    con: Connection, names: Iterable[str], values: Mapping[str, Any], now: datetime
) -> None:
    """Raise ``NotAllowed`` naming every key that what the ledger holds has need of."""
    judges: dict[str, Callable[[Connection, Any], Iterator[str]]] = {
        UNITS_FILE.name: lambda con, units: _unfit_units(con, units, now),
        TAXONOMY.name: _unfit_taxonomy,
        POLICY.name: _unfit_policy,
        MEETINGS.name: _unfit_meetings,
        INSPECTIONS.name: _unfit_inspections,
    }
    found = [line for name in names if name in judges for line in judges[name](con, values[name])]
    if found:
        raise NotAllowed(
            f"台账里还用着新规则里没有的内容: {'; '.join(found)}。",
            "请在文件里保留它们, 或先办完、调整这些事项和人员; 没有采用。",
        )


def _unfit_units(con: Connection, units: Units, now: datetime) -> Iterator[str]:
    names = {unit.name for unit in units}
    for name, count in units_in_use(con):
        if name not in names:
            yield f"units.toml 少了单位 {name} (在办 {count} 件)"
    seed, entries = base(con)
    entries += [e for name in (UNITS, PEOPLE) for e in streams.entries(con, STREAM, name)]
    event = UnitsAdopted(now.date(), units)
    try:
        History(seed, [*entries, streams.StreamEntry(1 << 62, UNITS, now, now, event)]).check()
    except SixpingError as fault:
        yield f"units.toml: {fault.what.rstrip('。')}"


def _unfit_taxonomy(con: Connection, taxonomy: Taxonomy) -> Iterator[str]:
    for name, count in categories_in_use(con):
        if taxonomy.get(name) is None:
            yield f"taxonomy.toml 少了类别 {name} (在办 {count} 件)"


def _unfit_policy(con: Connection, policy: Policy) -> Iterator[str]:
    starts = {edition.start.isoformat() for edition in policy.editions}
    for start, count in editions_in_use(con):
        if start not in starts:
            yield f"policy.toml 少了 {start} 版 (在办 {count} 件的期限按它计算; 修订请另加一版)"


def _unfit_meetings(con: Connection, rules: MeetingRules) -> Iterator[str]:
    known = {name for kind in rules.kinds for name in (kind.name, *kind.aliases)}
    held = Counter(meeting.sort for meeting in meetings_on(con).values())
    for name, count in held.items():
        if name not in known:
            yield f"meetings.toml 少了会议种类 {name} (台账里 {count} 次)"


def _unfit_inspections(con: Connection, rules: InspectionRules) -> Iterator[str]:
    known = {(kind.name, measure) for kind in rules.kinds for measure in kind.measures}
    used = {(key.sort, name) for key, each in inspections_on(con).items() for name in each.values}
    for kind, measure in sorted(used - known):
        yield f"inspections.toml 少了 {kind}的{measure} (台账里记过)"


# --- shown ---------------------------------------------------------------------------------


class Shown(NamedTuple):
    """The rules of a ledger (or of the data, without ``adopted``) for people to look at."""

    texts: dict[str, str]
    adopted: dict[str, Adopted]
    digest: str
    street: str
    places: list[str]


def shown(con: Connection | None) -> Shown:
    """Return the rules in force; without a ledger, or before it adopted any, those of the data."""
    adopted = documents.latest(documents.adoptions(con)) if con is not None else {}
    texts = adopted_texts(con) if con is not None and adopted else offered()
    digests = {name: documents.digest_of(text) for name, text in texts.items()}
    digest = digest_of(adopted) if adopted else documents.whole_digest(digests)
    units = UNITS_FILE.read(_table(UNITS_FILE, texts))
    places = sorted(CALENDAR.read(_table(CALENDAR, texts)).places)
    return Shown(texts, adopted, digest, units.roles.street, places)


def _table(file: RuleFile[Any], texts: Mapping[str, str]) -> Table:
    return Table(plain(texts[file.name], file.name), file.name, "")
