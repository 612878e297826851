"""Names of structures as the user gives them, for masks whose values have none."""

from __future__ import annotations

import re
from dataclasses import replace

from thirdeye.errors import UsageError
from thirdeye.intake.reading import Reading
from thirdeye.intake.words import listed

BACKGROUND = "background"
_VALUE = re.compile(r"-?[0-9]+(\.[0-9]+)?|#[0-9a-f]{6}")
_ZERO = ("0", "#000000")


def read_structure_names(text: str) -> dict[str, str]:
    """Value of a mask ("2", "#ff0000") to the name of its structure; of one name alone {"": name}.

    Args:
        text: "1=anterior,2=posterior", or "vessel" for masks that mark one structure. A value called
            "background" is one.

    Raises:
        UsageError: a pair has no value or no name, a value is no number or colour, or is named twice.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 1 and "=" not in parts[0]:
        return {"": parts[0]}
    named: dict[str, str] = {}
    for part in parts:
        value, equals, name = (side.strip() for side in part.partition("="))
        value = value.lower()
        if not equals or not name or not _VALUE.fullmatch(value):
            raise UsageError(
                "--structures takes VALUE=NAME,... as in 1=liver,2=tumour (or #ff0000=liver), or one name "
                f"for masks that mark one structure; got '{part}'"
            )
        value = value if value.startswith("#") else f"{float(value):.6g}"
        if value in named:
            raise UsageError(f"--structures names the value {value} twice: {named[value]} and {name}")
        named[value] = name
    if not {value for value, name in named.items() if not is_background(value, name)}:
        raise UsageError("--structures names no structure; give one as in 1=liver")
    return named


def is_background(value: str, name: str) -> bool:
    """Whether a value marks nothing, by itself or by its name."""
    return value in _ZERO or name.lower() == BACKGROUND


def name_structures(reading: Reading, text: str | None) -> Reading:
    """The reading with the names that the user gives what its masks mark.

    Args:
        reading: with masks.
        text: as of `read_structure_names`; None leaves everything as it is.

    Raises:
        UsageError: there are no masks, or they are named already, each by its folder or file.
    """
    if text is None:
        return reading
    named = read_structure_names(text)
    if reading.masks.empty:
        raise UsageError("--structures names what masks mark, and these data have no masks")
    own = sorted({str(name) for name in reading.masks["name"]} - {""})
    if own:
        raise UsageError(
            f"--structures: these masks are named already, each by its folder or file ({listed(own, 8)}); "
            "rename those"
        )
    if "" in named:
        sentence = f"The masks mark {named['']}, as you said."
        masks = reading.masks.assign(name=named[""])
        return replace(reading, masks=masks, mask_values={}, sentences=(*reading.sentences, sentence))
    said = listed([f"{value} is {name}" for value, name in named.items()], 12)
    sentence = f"Values of the masks, as you said: {said}."
    return replace(reading, mask_values=named, sentences=(*reading.sentences, sentence))
