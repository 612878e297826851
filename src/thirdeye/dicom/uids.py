"""Unique identifiers (PS3.5 section 9): which can be believed."""

from __future__ import annotations

import re

LONGEST_UID = 64
_UID = re.compile(r"[0-9]+(\.[0-9]+)*", re.ASCII)


def is_uid(text: str) -> bool:
    """Whether a text is digits and single dots, 1 to 64 characters; leading zeros, a common fault, pass."""
    return len(text) <= LONGEST_UID and _UID.fullmatch(text) is not None
