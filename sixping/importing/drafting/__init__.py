"""A profile drafted from a file that nobody has described yet, and a form to fill in."""
