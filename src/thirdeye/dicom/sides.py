"""Where rows and columns of a projection lead (PS3.3 C.7.6.1.1.1), for images without a place in space."""

from __future__ import annotations

from typing import Any

_LETTERS = {"A": "A", "P": "P", "R": "R", "L": "L", "H": "S", "F": "I"}  # head and feet: up and down
_AXES = ("AP", "LR", "IS")


def sides_of(data: Any) -> str:
    """Where the columns (to the right) and the rows (down) of an image lead, such as "LI" of a chest.

    Of a slanted direction ("FL" of an oblique mammogram) the first letter counts, which is the main one.

    Args:
        data: dataset; PatientOrientation and AnatomicalOrientationType are looked at.

    Returns:
        Two letters of A, P, L, R, S, I; "" where the header does not say, or says what cannot be.
    """
    try:
        value = data.get("PatientOrientation")
        kind = str(data.get("AnatomicalOrientationType") or "BIPED")
    except Exception:  # an element that cannot be converted
        return ""
    if value is None or isinstance(value, str) or len(value) != 2 or kind != "BIPED":
        return ""
    found = [_LETTERS.get(str(one).strip()[:1], "") for one in value]
    if "" in found or any(set(found) <= set(axis) for axis in _AXES):
        return ""
    return "".join(found)
