"""What joins a reading room with the rest of the package."""
