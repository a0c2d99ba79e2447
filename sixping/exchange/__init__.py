"""What comes in from files and goes out to them: guarded readers, profiles, exports."""
