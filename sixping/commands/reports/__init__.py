"""The commands that supervise: overdue, lapses, report, assessment."""
