"""sixping: the case ledger of a street office's command room (综合信息指挥室).

For programs: ``from sixping import open_ledger`` (docs/python.md), and the rows it gives.
"""

from sixping.version import __version__

TYPE_CHECKING = False  # typing itself would cost every command's start
if TYPE_CHECKING:
    from sixping.store.opened import Case, Clock, Entry, Ledger, open_ledger

__all__ = ["Case", "Clock", "Entry", "Ledger", "__version__", "open_ledger"]


def __getattr__(name: str) -> object:
    """Load what programs read a ledger with when they ask for it: commands never do."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("sixping.store.opened"), name)
