"""One finding as a block of the report."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.report.clean import clean, clean_tree
from thirdeye.report.document import Block, Charge, Sheet, Tile, TileGroup
from thirdeye.report.trial.evidence import evidence_blocks
from thirdeye.report.trial.identity import evidence_without_patients, without_patients
from thirdeye.report.trial.pictures import PictureBook, jpeg, shrunk
from thirdeye.report.trial.sheets import accused_sheet
from thirdeye.report.trial.trial import Trial

_EXHIBIT_PX = 640
_SMALLEST_PX = 256
_MOST_EXHIBITS = 12


def charge(trial: Trial, finding: Finding, book: PictureBook, granted: int, anchor: str = "") -> Charge:
    """What was found, with exhibits, evidence and the accused."""
    evidence: dict[str, Any] = clean_tree(evidence_without_patients(finding.evidence, trial.patients))
    blocks: list[Block] = evidence_blocks(evidence, set(finding.cases) | _grouped(finding), finding.message)
    exhibits = _exhibits(finding.exhibits)
    if exhibits is not None:
        blocks.insert(0, exhibits)
    accused = accused_sheet(trial, finding, book, granted)
    if accused is not None:
        blocks.append(accused)
    return Charge(
        severity=finding.severity,
        title=title_of(finding.check),
        message=typeset(without_patients(finding.message, trial.patients)),
        remedy=typeset(finding.remedy),
        source=_source(finding.source),
        check=finding.check,
        blocks=tuple(blocks),
        anchor=anchor,
    )


def title_of(check: str) -> str:
    """What a check is called; its name where it is not registered here."""
    return next((known.title for name, known in CHECKS if name == check), check)


def _source(text: str) -> str:
    """Where a rule comes from, without the places in papers of our own."""
    told = re.sub(r"^(?:SPEC \d+ [\w.]+|DESIGN [\d.]+)[:;]\s*", "", clean(text))
    return told[:1].upper() + told[1:]


def typeset(text: str) -> str:
    """A sentence that was written for a terminal, as it is printed."""
    return clean(text).replace("+-", "±")


def _grouped(finding: Finding) -> set[str]:
    return {image for group in finding.groups for image in group}


def _exhibits(exhibits: tuple[Exhibit, ...]) -> Sheet | None:
    """Pictures that a check handed over."""
    if not exhibits:
        return None
    tiles = tuple(
        Tile(jpeg(_enlarged(shrunk(exhibit.pixels, _EXHIBIT_PX))), typeset(exhibit.caption))
        for exhibit in exhibits[:_MOST_EXHIBITS]
    )
    return Sheet((TileGroup(tiles),), title="What proves it", large=True)


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Small pictures by whole factors, so that their pixels can be seen."""
    factor = max(1, _SMALLEST_PX // max(pixels.shape[:2]))
    return np.repeat(np.repeat(pixels, factor, axis=0), factor, axis=1)
