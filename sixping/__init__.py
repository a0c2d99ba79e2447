"""sixping: the case ledger of a street office's command room (综合信息指挥室)."""

__version__ = "0.1.0"
