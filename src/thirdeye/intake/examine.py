"""The data put on trial: one pass over the pixels, then every check."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

import thirdeye.intake.checks  # noqa: F401 - enters the checks into the registry
from thirdeye.errors import DataRefused
from thirdeye.intake.checks.check import CHECKS, About, Check, NotApplicable
from thirdeye.intake.checks.structure_few import structures
from thirdeye.intake.collection import CLASSIFICATION, Collection
from thirdeye.intake.exhibits import Embedder, Exhibits, Velocity
from thirdeye.intake.finding import Finding
from thirdeye.intake.survey import survey

_RANK = {"error": 0, "warning": 1, "info": 2}
_COPIES = ("dup.exact", "dup.near")


@dataclass(frozen=True)
class CheckRun:
    """How one check went.

    Args:
        check, title, about: as registered.
        status: "found" something, "clean", or "not_applicable".
        reason: why it does not apply; "" otherwise.
        duration_s: how long it took.
    """

    check: str
    title: str
    about: About
    status: Literal["found", "clean", "not_applicable"]
    reason: str
    duration_s: float

    def as_json(self) -> dict[str, str]:
        """JSON-ready form; without the duration, so that the same data give the same file."""
        return {name: str(getattr(self, name)) for name in ("check", "title", "about", "status", "reason")}


@dataclass(frozen=True)
class Examination:
    """What was found.

    Args:
        findings: errors first, then warnings, then information; within each in the order of the checks.
        facts: one row per image, indexed by its reference (see `Exhibits`).
        runs: every check that there is, in the order of the registry.
        velocity: of this machine, with the speed of this pass.
        shown: of data with masks, boxes or points which image (column ``image``) shows what (``name``, ""
            where it has no name); None where images are sorted into classes.
    """

    findings: tuple[Finding, ...]
    facts: pd.DataFrame
    runs: tuple[CheckRun, ...] = ()
    velocity: Velocity = field(default_factory=Velocity)
    shown: pd.DataFrame | None = None

    @property
    def copies(self) -> tuple[tuple[str, ...], ...]:
        """Groups of images that show the same picture, identical or nearly so; groups may overlap."""
        return tuple(group for f in self.findings if f.check in _COPIES for group in f.groups)


def examine(
    collection: Collection,
    *,
    progress: Callable[[int, int], None] | None = None,
    embedder: Embedder | None = None,
    velocity: Velocity | None = None,
    seed: int = 0,
) -> Examination:
    """Read every image once and run every registered check.

    Args:
        collection: what was opened.
        progress: called with (images done, images in all).
        embedder: gives the features that some checks compare; without one they do with less or don't apply.
        velocity: what is known of this machine's speed.
        seed: of everything random in a check.
    """
    started = time.monotonic()
    with survey(collection, progress=progress, embedder=embedder) as seen:
        took = max(1e-9, time.monotonic() - started)
        speed = replace(velocity or Velocity(), checking_images_per_s=len(seen.facts) / took)
        exhibits = replace(seen, velocity=speed, seed=seed)
        findings: list[Finding] = []
        runs = [_run(name, check, exhibits, findings) for name, check in CHECKS]
    ranked = tuple(sorted(findings, key=lambda finding: _RANK[finding.severity]))
    marked = collection.task not in CLASSIFICATION and collection.task != "unlabelled"
    shown = structures(exhibits) if marked else None
    return Examination(ranked, exhibits.facts, tuple(runs), speed, shown)


def refuse_if_blocked(findings: Sequence[Finding]) -> None:
    """Stop when a finding blocks training.

    Raises:
        DataRefused: with the first error in one sentence, its remedy, and the number of the others.
    """
    errors = [finding for finding in findings if finding.severity == "error"]
    if not errors:
        return
    first = errors[0]
    remedy = f". {first.remedy}" if first.remedy else ""
    others = f" ({len(errors) - 1} more: thirdeye check lists them)" if len(errors) > 1 else ""
    raise DataRefused(f"{first.message.rstrip('.')}{remedy.rstrip('.')}{others}")


def _run(name: str, check: Check, exhibits: Exhibits, findings: list[Finding]) -> CheckRun:
    """Run one check; what it finds is added to `findings`."""
    started = time.monotonic()
    try:
        found = list(check.run(exhibits))
    except NotApplicable as reason:
        return CheckRun(name, check.title, check.about, "not_applicable", str(reason), 0.0)
    findings.extend(found)
    status: Literal["found", "clean"] = "found" if found else "clean"
    return CheckRun(name, check.title, check.about, status, "", round(time.monotonic() - started, 3))
