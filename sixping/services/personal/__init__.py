"""Personal data: looked up, erased, kept by terms, and who did what with it."""
