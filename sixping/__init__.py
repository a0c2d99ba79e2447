"""sixping: the case ledger of a street office's command room (综合信息指挥室)."""

from sixping.version import __version__

__all__ = ["__version__"]
