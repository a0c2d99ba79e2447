"""The only output: tables, sheets, report pages, words for people."""
