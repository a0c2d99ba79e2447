"""Words, days, files: what every room may use; it knows nothing of cases."""
