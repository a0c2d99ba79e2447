"""What a command had said, as JSON, when it was cut off."""

from __future__ import annotations

import json
from typing import Any


def answers(text: str) -> list[Any]:
    """Return the JSON values that arrived whole."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while (place := text.find("{", place)) >= 0:
        try:
            value, place = decoder.raw_decode(text, place)
        except ValueError:
            break
        found.append(value)
    return found
