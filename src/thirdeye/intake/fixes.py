"""The changes that a machine can make to the table of cases, as checks propose them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from thirdeye.intake.finding import Fix

AUTHORITY = ("test", "validation", "train", "")  # a published test part is touched last


def leave_out(images: Iterable[str], reason: str) -> tuple[Fix, ...]:
    """Each of these images is left out.

    Args:
        images: references.
        reason: in a few words ("cannot be read").
    """
    return tuple(Fix(image, "leave_out", reason) for image in dict.fromkeys(images))


def keep_one(groups: Iterable[Sequence[str]], split: Mapping[str, str], reason: str) -> tuple[Fix, ...]:
    """Of each group one image is kept: the first one of the part with the most authority.

    Args:
        groups: references that show the same.
        split: image to its part; "" where there is none.
        reason: in a few words; the image that is kept is named behind it.
    """
    fixes: dict[str, Fix] = {}
    for group in groups:
        kept = min(group, key=lambda image: _rank(split, image))
        for image in group:
            if image != kept:
                fixes.setdefault(image, Fix(image, "leave_out", f"{reason} {kept}"))
    return tuple(fixes.values())


def keep_one_side(groups: Iterable[Sequence[str]], split: Mapping[str, str], reason: str) -> tuple[Fix, ...]:
    """Of each group only the images in the part with the most authority are kept.

    Args:
        groups: references that must lie on one side.
        split: image to its part.
        reason: in a few words.
    """
    out = []
    for group in groups:
        best = min(_rank(split, image) for image in group)
        out += [image for image in group if _rank(split, image) > best]
    return leave_out(out, reason)


def _rank(split: Mapping[str, str], image: str) -> int:
    part = split.get(image, "")
    return AUTHORITY.index(part) if part in AUTHORITY else len(AUTHORITY)
