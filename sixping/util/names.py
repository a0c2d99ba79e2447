"""Names as people write them: in full, or short where only one begins so; else the near ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LISTED = 5


def meant(
    name: str, words: Mapping[str, str], what: str, hint: str, spoken: Iterable[str] = (),
    *, inside: bool = False,
) -> str:  # fmt: skip
    """Return the name that is meant; ``words``: what may be written → the name it stands for.

    ``inside``: a piece of one will do, as among a few words it does.

    Raises ``UnknownName`` where several begin so, naming them, and where none does, naming
    those that come near (``spoken`` among them), then ``hint``.
    """
    wanted = name.strip()
    if wanted in words:
        return words[wanted]
    short = shortened(wanted, words, inside=inside)
    begun = list(dict.fromkeys(words[word] for word in short))
    if wanted and len(begun) == 1:
        return begun[0]
    if wanted and begun:
        more = f", 另 {len(begun) - _LISTED} 个" if len(begun) > _LISTED else ""
        listed = ", ".join(begun[:_LISTED])
        raise UnknownName(f"“{wanted}”不是唯一的: {listed}{more}。", f"请写全, 如: {begun[0]}。")
    found = near(wanted, words, spoken) if wanted else []
    guess = f"是否指: {'、'.join(found)}? " if found else ""
    raise UnknownName(f"没有这个{what}: {name}", f"{guess}{hint}")


def shortened(wanted: str, words: Iterable[str], *, inside: bool = False) -> list[str]:
    """Return the words that begin so, else (``inside``) those that have it in them."""
    known = list(words)
    begun = [word for word in known if word.startswith(wanted)]
    return begun if begun or not inside else [word for word in known if wanted in word]


def one_of(words: Iterable[str], name: str, what: str) -> str:
    """Return the one of a few words that is meant; raises ``UnknownName`` with all of them."""
    known = {word: word for word in words}
    return meant(name, known, what, f"可用: {'、'.join(known) or '没有设定'}。", inside=True)


def near(
    wanted: str, words: Mapping[str, str], spoken: Iterable[str] = (),
    *, most: int = _LISTED, cutoff: float = 0.4,
) -> list[str]:  # fmt: skip
    """Return the names that come near: those that hold a word or are held by it, then the like."""
    from difflib import get_close_matches

    inside = [full for word, full in words.items() if wanted in word or word in wanted]
    close = [words[word] for word in get_close_matches(wanted, list(words), most, cutoff)]
    return list(dict.fromkeys([*inside, *spoken, *close]))[:most]
