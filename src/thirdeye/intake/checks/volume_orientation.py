"""Volumes stored in another orientation than the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.intake.volume_exhibits import side_by_side
from thirdeye.intake.volume_rows import volumes_among
from thirdeye.intake.words import counted, shown_name

_MOST = 0.5  # share that makes an orientation the usual one
_MIRROR = str.maketrans("L", "R")
_SOURCE = "NIfTI-1 and DICOM PS3.3 C.7.6.2: the header says where left is; software that ignores it is wrong"


@register_check("volume.orientation", title="Orientation of volumes", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Outliers from the usual orientation; those that differ from it only in left and right come first."""
    volumes = volumes_among(exhibits.facts, least=2)
    codes = volumes["orientation"]
    counts = codes.value_counts()
    if len(counts) < 2:
        return
    usual = str(counts.index[0])
    if counts.iloc[0] <= _MOST * len(codes):
        yield _mixed(codes, counts)
        return
    mirrored = codes[(codes != usual) & (codes.map(_sides_apart) == _sides_apart(usual))]
    if len(mirrored):
        yield _mirrored(mirrored, usual, codes, _pictures(exhibits, usual, codes, mirrored))
    others = codes[(codes != usual) & ~codes.index.isin(mirrored.index)]
    if len(others):
        yield _others(others, usual, codes, _pictures(exhibits, usual, codes, others))


def _pictures(exhibits: Exhibits, usual: str, codes: pd.Series, held: pd.Series) -> tuple[Exhibit, ...]:
    """A usual volume beside the first accused one; if the headers are right, both look to the same side."""
    references = [str(codes[codes == usual].index[0]), str(held.index[0])]
    caption = (
        f"{usual} (left) and {held.iloc[0]} (right), each turned by its header: the same side should match"
    )
    return side_by_side(exhibits, references, caption)


def _sides_apart(code: str) -> str:
    """The code with left and right made one: "RAS" and "LAS" become equal."""
    return code.translate(_MIRROR)


def _table(codes: pd.Series) -> dict[str, object]:
    counts = codes.value_counts()
    rows = [[str(code), int(count)] for code, count in counts.items()]
    return {"columns": ["orientation", "volumes"], "rows": rows}


def _about(codes: pd.Series) -> dict[str, str]:
    return {str(image): f"stored as {code}" for image, code in codes.items()}


def _mirrored(held: pd.Series, usual: str, codes: pd.Series, pictures: tuple[Exhibit, ...]) -> Finding:
    return Finding(
        check="volume.orientation",
        severity="warning",
        message=f"{share(len(held), len(codes))} volumes are stored mirrored, left for right, against the "
        f"others ({held.iloc[0]} instead of {usual}), for example '{shown_name(held.index[0])}'.",
        cases=tuple(held.index),
        evidence={"usual": usual, "table": _table(codes), "about": _about(held)},
        remedy="Third Eye turns each volume by its header. Look at one of them beside a sure landmark (the "
        "liver, the heart): if the header is wrong, left and right are exchanged",
        source=_SOURCE,
        exhibits=pictures,
    )


def _others(held: pd.Series, usual: str, codes: pd.Series, pictures: tuple[Exhibit, ...]) -> Finding:
    return Finding(
        check="volume.orientation",
        severity="warning",
        message=f"{share(len(held), len(codes))} volumes are stored in another orientation than the others "
        f"({held.iloc[0]} instead of {usual}), for example '{shown_name(held.index[0])}'.",
        cases=tuple(held.index),
        evidence={"usual": usual, "table": _table(codes), "about": _about(held)},
        remedy="Third Eye turns each volume by its header; other software may not. Look whether they come "
        "from another source",
        source=_SOURCE,
        exhibits=pictures,
    )


def _mixed(codes: pd.Series, counts: pd.Series) -> Finding:
    shown = ", ".join(f"{code} ({count:,})" for code, count in counts.items())
    return Finding(
        check="volume.orientation",
        severity="warning",
        message=f"{counted(len(codes), 'volume')} are stored in {len(counts)} orientations and none is the "
        f"usual one: {shown}.",
        cases=tuple(codes.index),
        evidence={"table": _table(codes)},
        remedy="Third Eye turns each volume by its header; other software may not. Look whether the "
        "orientation goes with the source or the label",
        source=_SOURCE,
    )
