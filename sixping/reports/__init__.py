"""Reports as data: figures computed from rows and logs. Pure."""
