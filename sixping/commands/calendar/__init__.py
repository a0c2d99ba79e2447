"""The commands of the calendar: read, enter, apply."""
