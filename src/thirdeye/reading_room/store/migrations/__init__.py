"""Revisions of the store, the oldest first."""
