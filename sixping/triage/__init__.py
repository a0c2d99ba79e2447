"""What a report seems to be: category, platform, severity, with the reasons."""
