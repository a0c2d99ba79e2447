"""Nobody is exposed: marked people are put in everywhere and looked for everywhere."""
