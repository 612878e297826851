"""Said by whoever has nothing to judge."""

from __future__ import annotations


class NotApplicable(Exception):
    """Raised by a check that has nothing to judge; its text says what is missing ("no site is known")."""
