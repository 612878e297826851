"""File names without their endings, also where those are two (``.nii.gz``)."""

from __future__ import annotations

from thirdeye.intake.formats.format import FORMATS


def stem_of(reference: str) -> str:
    """Name of the file without folder and ending: ``"a/b_0000.nii.gz"`` gives "b_0000"."""
    name = reference.rsplit("/", 1)[-1]
    return without_ending(name)


def without_ending(reference: str) -> str:
    """A reference without the ending of its format (the longest that fits), or without what follows the last
    dot of its name."""
    lower = reference.lower()
    fitting = [suffix for _, known in FORMATS for suffix in known.suffixes if lower.endswith(suffix)]
    if fitting:
        return reference[: -len(max(fitting, key=len))]
    folder, slash, name = reference.rpartition("/")
    return folder + slash + (name.rsplit(".", 1)[0] or name)
