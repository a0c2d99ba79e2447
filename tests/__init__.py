"""The tests: a folder for each package, stories, the house, a kit they share."""
