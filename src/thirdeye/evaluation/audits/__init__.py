"""Audits: what must be told before a number is printed, one rule per file (ids as in the specification)."""
