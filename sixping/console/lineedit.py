"""What somebody types at a terminal: a line or a block of lines, edited as people expect.

``prompt_toolkit`` (loaded with the first question) edits where a terminal can move its cursor:
arrows, wide characters, history of this command, a pasted block as one text. A dumb terminal is
read line by line. Questions go to stderr; what comes back holds no escape sequence and no control.
"""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from sixping.util.text import clean, typed

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

#: bytes of control sequences (ECMA-48): parameters and intermediates, then one final
_PARAMETERS = range(0x20, 0x40)
_FINALS = range(0x40, 0x7F)
#: what begins a sequence that ends with BEL or ST
_STRINGS = "]PX^_"
_BEGINNINGS = "[O" + _STRINGS
_GRAPHIC = range(0x20, 0x7F)
#: letters that go by a word or delete one, as Alt with an arrow sends them; no other is a command
_BY_WORD = "bdf"
#: search and macros speak English; others take the next key or type a control as it stands
_NO_KEYS = ("c-@", "c-o", "c-q", "c-r", "c-s", "c-v", "c-x", "c-z", "c-]")
#: what a terminal reports by itself: colours look like its mouse, and no mouse was asked for
_OF_THE_TERMINAL = (
    "<vt100-mouse-event>", "<windows-mouse-event>", "<cursor-position-response>",
    "<scroll-up>", "<scroll-down>",
)  # fmt: skip


def read_line(prompt: str) -> str:
    """Return one line without its end; what was pasted is joined to one line.

    Raises ``KeyboardInterrupt`` on Ctrl-C and ``EOFError`` on Ctrl-D at an empty line.
    """
    answer = _plain_pasted(prompt) if _is_dumb() else _session().prompt(prompt, **_line_settings())
    return _joined(typed(answer))


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.split("\n")).strip()


def read_block(prompt: str) -> str:
    """Return several lines, ended by an empty one; raises as ``read_line`` does.

    ``KeyboardInterrupt`` holds what was written so far.
    """
    if _is_dumb():
        return _plain_block(prompt)
    return typed(_session().prompt(prompt, **_block_settings(prompt))).strip()


def _is_dumb() -> bool:
    """Whether the terminal cannot move its cursor; Windows consoles name no kind."""
    kind = os.environ.get("TERM", "")
    return kind in {"dumb", "unknown"} or (os.name == "posix" and not kind)


# --- a dumb terminal -------------------------------------------------------------------------


def _plain_line(prompt: str) -> str:
    sys.stderr.write(clean(prompt))
    sys.stderr.flush()
    raw = sys.stdin.buffer.readline()
    if not raw:
        raise EOFError
    return raw.decode(sys.stdin.encoding, "ignore")


def _plain_pasted(prompt: str) -> str:
    """Read a line with what was pasted behind it: that is no answer to the next question."""
    text = _plain_line(prompt)
    while _more_waits():
        text += _plain_line("")
    return text


def _plain_block(prompt: str) -> str:
    """Read lines until an empty one that nothing follows: a pasted block may hold empty lines."""
    lines: list[str] = []
    while True:
        try:
            line = typed(_plain_line(prompt)).rstrip()
        except EOFError:
            if not lines:
                raise
            break
        except KeyboardInterrupt:
            raise KeyboardInterrupt("\n".join(lines)) from None
        if line.strip() or (lines and _more_waits()):
            lines.append(line)
        elif lines:
            break
    return "\n".join(lines).strip()


def _more_waits() -> bool:
    with suppress(OSError, ValueError):  # Windows cannot ask a console
        return bool(select.select([sys.stdin], [], [], 0)[0])
    return False


# --- a terminal with a cursor ----------------------------------------------------------------


@cache
def _session() -> PromptSession[str]:
    """Return the editor of this command; its history goes with the process."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import create_output

    output = create_output(stdout=sys.stderr)
    if hasattr(output, "enable_cpr"):
        output.enable_cpr = False  # no question to the terminal that it may not answer
    return PromptSession(
        input=create_input(sys.stdin),
        output=output,
        history=InMemoryHistory(),
        reserve_space_for_menu=0,
        enable_system_prompt=False,
    )


def _line_settings() -> dict[str, Any]:
    return {"multiline": False, "prompt_continuation": "  ", "key_bindings": _keys(block=False)}


def _block_settings(prompt: str) -> dict[str, Any]:
    return {"multiline": True, "prompt_continuation": prompt, "key_bindings": _keys(block=True)}


@cache
def _keys(*, block: bool) -> KeyBindings:
    """Return what keys do besides editing: pasting, ending a block, dropping what is no key."""
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys

    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste, eager=True)
    def paste(event: KeyPressEvent) -> None:
        text = typed(event.data)
        event.current_buffer.insert_text(text if block else _joined(text))

    def nothing(_: KeyPressEvent) -> None:
        """Do nothing."""

    for key in (*_NO_KEYS, *_OF_THE_TERMINAL):
        keys.add(key, eager=True)(nothing)
    for sign in map(chr, _GRAPHIC):
        if sign not in _BEGINNINGS + _BY_WORD:
            keys.add("escape", sign, eager=True)(nothing)
    if block:
        keys.add("c-c", eager=True)(_leave)
        keys.add("enter")(_end_or_break)
        keys.add("escape", "enter")(_end_or_break)
    _drop_sequences(keys)
    return keys


def _leave(event: KeyPressEvent) -> None:
    """End the question and hand over what was written so far."""
    event.app.exit(exception=KeyboardInterrupt(typed(event.current_buffer.text).strip()))


def _end_or_break(event: KeyPressEvent) -> None:
    """Let Enter on an empty last line end the block; elsewhere it breaks the last line.

    Wherever the cursor stood: what is typed after it must not fall into the text.
    """
    buffer = event.current_buffer
    if not buffer.text.strip():
        return
    was_inside = not buffer.document.is_cursor_at_the_end
    buffer.cursor_position = len(buffer.text)
    if buffer.document.current_line.strip():
        buffer.insert_text("\n")
    elif not was_inside:
        buffer.validate_and_handle()


def _drop_sequences(keys: KeyBindings) -> None:
    """Drop sequences of keys that the editor does not know, instead of typing their tails."""
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.keys import Keys

    inside = ""

    def begin(event: KeyPressEvent) -> None:
        nonlocal inside
        inside = event.key_sequence[-1].data

    for sign in _BEGINNINGS:
        keys.add("escape", sign, eager=True)(begin)

    @keys.add(Keys.Any, filter=Condition(lambda: bool(inside)), eager=True)
    def drop(event: KeyPressEvent) -> None:
        nonlocal inside
        press = event.key_sequence[0]
        code = ord(press.data) if len(press.data) == 1 else 0
        if inside in _STRINGS and (press.key == Keys.Escape or code >= _PARAMETERS.start):
            inside = "O" if press.key == Keys.Escape else inside
            return
        known = code in _PARAMETERS or code in _FINALS or press.data == "\a"
        inside = inside if inside == "[" and code in _PARAMETERS else ""
        if not known:
            event.app.key_processor.feed(press, first=True)
