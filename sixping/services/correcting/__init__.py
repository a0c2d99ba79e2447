"""What was recorded or said wrong, put right: amended, undone, voided; the log keeps both."""
