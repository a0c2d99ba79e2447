"""What is not complete yet: how it is named, so that the rest of something killed is known."""

from __future__ import annotations

from typing import Final

#: begins the name of what becomes an export, and of the folder where a workbook is made
PREFIX: Final = ".sixping-"
#: what the random part of such a name may be
PATTERN: Final = r"\.sixping-[a-z0-9_]{8}"
