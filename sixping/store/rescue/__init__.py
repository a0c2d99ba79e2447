"""What comes back: damaged ledgers read page by page, and backups put in place."""
