"""The data put on trial: one pass over the pixels, then every check."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import pandas as pd

import thirdeye.intake.checks  # noqa: F401 - enters the checks into the registry
from thirdeye.errors import DataRefused
from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.collection import Collection
from thirdeye.intake.facts import FACT_NAMES, ImageFacts, measure
from thirdeye.intake.finding import Finding

_THREADS = 2
_IN_FLIGHT = 16  # images decoded ahead; bounds memory
_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Examination:
    """What was found.

    Args:
        findings: errors first, then warnings, then information; within each in the order of the checks.
        facts: one row per image, indexed by its reference, with the fields of `ImageFacts`.
    """

    findings: tuple[Finding, ...]
    facts: pd.DataFrame


def examine(collection: Collection, *, progress: Callable[[int, int], None] | None = None) -> Examination:
    """Read every image once and run every registered check.

    Args:
        collection: what was opened.
        progress: called with (images done, images in all).
    """
    references = list(dict.fromkeys(collection.rows["image"]))
    facts = _as_frame(list(_measure_all(collection.root, references, progress)))
    findings = [finding for _, check in CHECKS for finding in check(collection, facts)]
    return Examination(tuple(sorted(findings, key=lambda finding: _RANK[finding.severity])), facts)


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


def _measure_all(
    root: Path, references: Sequence[str], progress: Callable[[int, int], None] | None
) -> Iterator[ImageFacts]:
    """Facts in the order of `references`, a bounded number of images ahead."""
    waiting: deque[Future[ImageFacts]] = deque()
    done = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for reference in references:
                waiting.append(pool.submit(measure, root, reference))
                if len(waiting) < _IN_FLIGHT:
                    continue
                yield waiting.popleft().result()
                done += 1
                _report(progress, done, len(references))
            while waiting:
                yield waiting.popleft().result()
                done += 1
                _report(progress, done, len(references))
        finally:  # an interruption must not wait for what was submitted
            for future in waiting:
                future.cancel()


def _report(progress: Callable[[int, int], None] | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)


def _as_frame(facts: Sequence[ImageFacts]) -> pd.DataFrame:
    frame = pd.DataFrame([astuple(fact) for fact in facts], columns=list(FACT_NAMES))
    return frame.set_index("image")
