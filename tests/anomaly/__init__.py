"""What goes wrong, done on purpose: kills, cuts, faults, edits."""
