"""Validation on data from elsewhere: opening them, looking for leaks, measuring, and saying what shifted."""
