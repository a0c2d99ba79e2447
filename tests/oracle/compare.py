"""Hold the program's answers against the model's, and tell each difference in a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.oracle.days import SHANGHAI
from tests.oracle.model import Case, Row


def instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).astimezone(SHANGHAI)


def clocks(case: Case, now: datetime) -> list[tuple[Any, ...]]:
    return sorted(clock(row, now) for row in case.rows)


def clock(row: Row, now: datetime) -> tuple[Any, ...]:
    running = row.live and row.held is None
    late = None if row.held or row.unknown else row.late(now)
    return (
        row.round, row.kind, str(row.due), str(row.started), str(row.stopped), str(row.held),
        late, row.provisional, row.workdays, row.dropped, running,
    )  # fmt: skip


def shown_clock(entry: dict[str, Any]) -> tuple[Any, ...]:
    times = [str(instant(entry[key])) for key in ("due", "started", "stopped", "held_at")]
    names = ("late", "provisional", "workdays", "dropped", "running")
    return (entry["round"], entry["kind"], *times, *(entry[name] for name in names))


def differences(case: Case, shown: dict[str, Any], now: datetime) -> list[str]:
    """What ``show`` says otherwise than the model, if anything."""
    pairs = [
        ("number", case.number, shown["number"]),
        ("status", case.status, shown["status"]),
        ("severity", case.severity, shown["severity"]),
        ("received_at", case.received, instant(shown["received_at"])),
        ("confirmed", case.confirmed, shown["confirmed"]),
        ("channel", case.channel, shown["channel"]),
        ("community", case.community, shown["community"]),
        ("nature", case.nature, shown["nature"]),
        ("lead", case.lead, shown["lead"]),
        ("assist", list(case.assist), shown["assist"]),
        ("returns", case.returns, shown["returns"]),
        ("resolved_at", case.resolved, instant(shown["resolved_at"])),
        ("signed_at", case.signed, instant(shown["signed_at"])),
        ("verified", case.verified, shown["verified"]),
        ("to_platform", case.to_platform, shown["to_platform"]),
        ("received", case.receipt, shown["received"]),
        ("merged_into", case.into, shown["merged_into"]),
        ("text", case.text, shown["text"]),
        ("place", case.place, shown["place"]),
        ("source_no", case.source_no, shown["source_no"]),
    ]
    found = [f"{name}: model {a!r}, program {b!r}" for name, a, b in pairs if a != b]
    ours, theirs = clocks(case, now), sorted(shown_clock(c) for c in shown["clocks"])
    found += [f"clock only in the model: {c}" for c in ours if c not in theirs]
    found += [f"clock only in the program: {c}" for c in theirs if c not in ours]
    return found


def items(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What ``overdue`` lists, as the model counts it."""
    names = ("age", "workdays_late", "workdays_left")
    lacking = {"未报区级平台": "platform", "未取得回执": "receipt"}
    found = [
        (item["number"], "district lacks", lacking.get(remark, remark), *["None"] * 4)
        for item in shown["items"]
        for remark in item["remarks"]
    ]
    return sorted(
        (
            item["number"], item["kind"], str(item["clock"]), str(instant(item["due"])),
            *("None" if item[name] is None else item[name] for name in names),
        )
        for item in shown["items"]
    ) + found  # fmt: skip


def figures(name: str, wanted: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    found = []
    for key, value in wanted["totals"].items():
        if shown["totals"][key] != value:
            found.append(f"{name} {key}: model {value}, program {shown['totals'][key]}")
    for key, value in wanted["rates"].items():
        theirs = (shown["rates"][key]["n"], shown["rates"][key]["d"])
        if theirs != value:
            found.append(f"{name} {key}: model {value}, program {theirs}")
    found += outcomes(name, wanted, shown)
    for key, value in wanted["left_out"].items():
        theirs = shown["left_out"][key]
        if theirs != value:
            found.append(f"{name} left_out {key}: model {value}, program {theirs}")
    for key in [key for key in wanted if key.startswith("by_")]:
        listed = {
            str(group["name"]): (group["received"], group["resolved"])
            for group in shown[key]
            if group["received"] or group["resolved"]
        }
        if listed != wanted[key]:
            found.append(f"{name} {key}: model {wanted[key]}, program {listed}")
    return found


def outcomes(name: str, wanted: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    kinds = known(shown["outcomes"])
    solved = shown["solved"]["n"], shown["solved"]["d"]
    pairs = (("outcomes", kinds), ("solved", solved), ("unsent", shown["unsent"]))
    return [
        f"{name} {key}: model {wanted[key]}, program {theirs}"
        for key, theirs in pairs
        if theirs != wanted[key]
    ]


def known(counts: dict[str, int | None]) -> dict[str, int] | None:
    """Give the counts that are not 0; None where none at all is known."""
    return None if set(counts.values()) == {None} else {key: n for key, n in counts.items() if n}


def beside(name: str, wanted: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """What left its limit, was written up or extended, beside the figures."""
    first = shown["extended"]["by_first_limit"]
    theirs = {
        "transferred_out": known(shown["transferred_out"]),
        "overdue_undone": shown["overdue_undone"],
        "by_first_limit": (first["n"], first["d"]),
        "stated": shown["stated"]["n"],
        "changed": shown["stated"]["changed"],
        "exceptions": shown["exceptions"],
        "extended": shown["extended"]["n"],
        "failed": shown["failed"],
        "with_transferred": {
            rate: (found["n"], found["d"]) for rate, found in shown["with_transferred"].items()
        },
    }
    pairs = [(key, value, theirs[key]) for key, value in wanted.items()]
    return [f"{name} {key}: model {a}, program {b}" for key, a, b in pairs if a != b]


def lapse_items(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (
            item["number"], item["kind"], item["unit"], str(instant(item["due"])),
            str(instant(item["happened"])), str(item["workdays_late"]),
        )
        for item in shown["items"]
    ]  # fmt: skip


def seen_rows(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What ``lapses`` lists beside the failures."""
    return [
        (
            row["number"], row["family"],
            row["kind"] if row["family"] == "transferred_out" else None,
            str(instant(row["due"])), row["unit"], VERDICTS[row["verdict"]],
        )
        for row in shown["beside"]
    ]  # fmt: skip


VERDICTS = {
    None: None, "已转回": False, "未转回": True, "未改判": False, "改判": True,
    "按原期限超期": False, "按原期限按时": True,
}  # fmt: skip


def assessed(shown: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Figures of every subject that has some, but duty, satisfaction and open urges."""
    found: dict[str, tuple[int, int]] = {}
    for subject in [*shown["subjects"], {"name": "无单位承担", **shown["nobody"]}]:
        for key, rate in subject["rates"].items():
            if rate["d"] and key not in UNPLAYED:
                found[f"{subject['name']} {key}"] = (rate["n"], rate["d"])
        if count := subject["deductions"]["lapses"]["n"]:
            found[f"{subject['name']} lapses"] = (count, count)
        for key, count in subject["beside"].items():
            if count:
                found[f"{subject['name']} {key}"] = (count, count)
    return found


def unknown(shown: dict[str, Any]) -> list[str]:
    """What an assessment says of a time before the first day, of which nothing is known."""
    subjects = [*shown["subjects"], {"name": "无单位承担", **shown["nobody"]}]
    figures_ = [
        (f"{subject['name']} {key}", found)
        for subject in subjects
        for key, found in (
            *((k, r["d"]) for k, r in subject["rates"].items() if k not in UNPLAYED),
            *subject["beside"].items(),
        )
    ]
    figures_ += [(f"left_out {key}", found) for key, found in shown["left_out"].items()]
    return [
        f"{what}: {found} before the first day" for what, found in figures_ if found is not None
    ]


#: duty and satisfaction are not played
UNPLAYED = {"duty_compliance", "duty_recorded", "online_answered", "satisfied"}
