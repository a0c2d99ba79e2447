"""Every step of a case in one place, for tests that take many kinds (imported as ``ev``)."""

from __future__ import annotations

from sixping.cases.step import CaseEntry, Step, Voided
from sixping.cases.steps import all_steps, read_event
from sixping.cases.steps.amending import Amended, Withdrawn
from sixping.cases.steps.disputes import Mediated
from sixping.cases.steps.ending import Closed, FedBack, Reopened, Resolved, Verified
from sixping.cases.steps.grading import Regraded
from sixping.cases.steps.handling import Assigned, HandedOver, Noted, Returned, Signed
from sixping.cases.steps.intake import (
    Accepted,
    Declined,
    Guided,
    Imported,
    Reported,
    SentBack,
    Transferred,
)
from sixping.cases.steps.materials import MaterialOwed, MaterialReceived
from sixping.cases.steps.owing import (
    DemandAnswered,
    Demanded,
    Enclosed,
    Instructed,
    InstructionAnswered,
    JusticeTransferred,
    SourceAnswered,
    TransferReplied,
)
from sixping.cases.steps.parts import PartDone, PartSet
from sixping.cases.steps.referral import Consulted, Decided, Referred, ReferReplied
from sixping.cases.steps.repeats import Absorbed, Merged, Released, Unmerged
from sixping.cases.steps.slips import SlipPrinted
from sixping.cases.steps.source import SourceStated, SourceWithdrawn
from sixping.cases.steps.telling import Told
from sixping.cases.steps.timing import Extended, Rescheduled, Resumed, Suspended
from sixping.cases.steps.urging import UrgeAnswered, Urged

TYPES: dict[str, type[Step]] = {cls.kind: cls for cls in all_steps()}

__all__ = [
    "TYPES", "Absorbed", "Accepted", "Amended", "Assigned", "CaseEntry", "Closed", "Consulted",
    "Decided", "Declined", "DemandAnswered", "Demanded", "Enclosed", "Extended", "FedBack",
    "Guided", "HandedOver", "Imported", "Instructed", "InstructionAnswered", "JusticeTransferred",
    "MaterialOwed", "MaterialReceived", "Mediated", "Merged", "Noted", "PartDone", "PartSet",
    "ReferReplied", "Referred", "Regraded", "Released", "Reopened", "Reported", "Rescheduled",
    "Resolved", "Resumed", "Returned", "SentBack", "Signed", "SlipPrinted", "SourceAnswered",
    "SourceStated", "SourceWithdrawn", "Step", "Suspended", "Told", "TransferReplied",
    "Transferred", "Unmerged", "UrgeAnswered", "Urged", "Verified", "Voided", "Withdrawn",
    "read_event",
]  # fmt: skip
