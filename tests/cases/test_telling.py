"""Which standard texts have reached nobody yet, from the log of a case alone."""

from __future__ import annotations

from sixping.cases.telling import undelivered
from tests.kit import events as ev
from tests.kit.storykit import MOMENT


def left(*steps: ev.Step) -> list[int]:
    entries = [
        ev.CaseEntry(seq=seq, at=MOMENT, recorded_at=MOMENT, event=step)
        for seq, step in enumerate(steps, 1)
    ]
    return [entry.seq for entry in undelivered(entries)]


def test_what_was_written_waits_and_what_was_said_makes_up_for_it() -> None:
    written = ev.Accepted(standard=True, told=False)
    extended = ev.Extended(workdays=1, standard=True, told=False)
    assert left(written, extended) == [1, 2]
    assert left(written, extended, ev.Told()) == []
    assert left(written, ev.Told(), extended) == [3]
    assert left(written, ev.FedBack()) == []
    assert left(written, ev.FedBack(to="2020-000002", everyone=True)) == []
    assert left(written, ev.FedBack(to="2020-000002")) == [1]
    assert left(written, ev.Extended(workdays=1, standard=True, told=True)) == []
    assert left(written, ev.Noted(), ev.Resolved()) == [1]


def test_what_nobody_can_be_told_or_an_older_version_recorded_is_not_owed() -> None:
    assert left(ev.Accepted(standard=True), ev.Declined(standard=True)) == []
    assert left(ev.Accepted(standard=False, told=False)) == []
    assert left(ev.Extended(workdays=1), ev.Suspended(), ev.Referred(to="区级平台")) == []


def test_an_older_event_reads_without_a_telling() -> None:
    event = ev.read_event("accepted", '{"standard":true,"channel":"微信公众号"}')
    assert isinstance(event, ev.Accepted)
    assert event.told is None
