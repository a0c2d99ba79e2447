"""The walls, the documentation, the package."""
