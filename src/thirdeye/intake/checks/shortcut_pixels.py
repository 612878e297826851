"""Whether the label can be told from the frame of the picture, with the organ covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.checks.check import refuse_signals, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding, Severity
from thirdeye.intake.probe.pictures import BLOCK_PX, block_features, mean_pictures, regions
from thirdeye.intake.probe.plates import coloured, side_by_side, standardised_difference
from thirdeye.intake.probe.probe import Probe, ask, in_words
from thirdeye.intake.probe.target import Target, target_of
from thirdeye.intake.words import listed

NAME = "shortcut.pixels"
ABOVE_CHANCE = 0.55  # not 0.5, because three regions are asked
CLEAR = 0.70  # lower limit of the AUC of the class that is told best
LARGE_SHARE = 0.75  # of what the whole picture gives beyond chance
_MOST_CLASSES = 12
_SOURCE = (
    "SPEC 3 shortcut.pixels; Maguolo & Nanni 2021 (Inf Fusion 76:1); DeGrave et al. 2021 (Nat Mach "
    "Intell 3:610)"
)


@register_check(NAME, title="Label told from the frame of the picture", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One classifier on border, corners, all but the middle and the whole picture, on the same folds."""
    refuse_signals(exhibits)
    target = target_of(exhibits)
    blocks = block_features(exhibits.thumbnails, target.positions)
    probes = {
        name: ask(blocks[:, inside].reshape(len(target), -1), target, seed=exhibits.seed)
        for name, inside in regions().items()
    }
    whole = ask(blocks.reshape(len(target), -1), target, seed=exhibits.seed)
    name = max(probes, key=lambda region: probes[region].low)
    worst = probes[name]
    if worst.low <= ABOVE_CHANCE:
        return
    yield Finding(
        check=NAME,
        severity=_severity(worst, whole),
        message=_message(name, worst, whole, target),
        evidence=_evidence(probes, whole),
        remedy="Look at the pictures beside this finding: frames, collimation, markers or background that "
        "differ between the classes should be cropped or made alike before training; then compare the "
        "heat maps",
        source=_SOURCE,
        exhibits=_exhibits(exhibits, target, name, worst),
    )


def _severity(worst: Probe, whole: Probe) -> Severity:
    part, all_of_it = worst.best.value or 0.5, _same_class(worst, whole)
    return "warning" if worst.low > CLEAR and part - 0.5 >= LARGE_SHARE * (all_of_it - 0.5) else "info"


def _same_class(worst: Probe, whole: Probe) -> float:
    """AUC of the whole picture for the class that the part tells best."""
    return next(m.value or 0.5 for m in whole.of_classes if m.class_name == worst.best.class_name)


def _message(name: str, worst: Probe, whole: Probe, target: Target) -> str:
    return (
        f"With the middle of the picture covered, {_part(name)} still tells {target.told(worst.told_best)}: "
        f"AUC "
        f"{in_words(worst.best)}, the whole picture {_same_class(worst, whole):.2f} with the same simple "
        f"model. This is a "
        "suspicion: disease can reach the border too."
    )


def _part(name: str) -> str:
    return {"border": "the border", "corners": "what is in the corners"}.get(name, "what is left")


def _evidence(probes: Mapping[str, Probe], whole: Probe) -> dict[str, object]:
    rows = []
    for region, probe in [*probes.items(), ("whole picture", whole)]:
        for metric in probe.of_classes:
            limits = [
                None if v is None else round(v, 3) for v in (metric.value, metric.ci_low, metric.ci_high)
            ]
            rows.append([region, metric.class_name, *limits])
    return {
        "auc": {region: probe.overall.as_json() for region, probe in probes.items()},
        "auc_whole_picture": whole.overall.as_json(),
        "table": {"columns": ["part of the picture", "class", "AUC", "from", "to"], "rows": rows},
    }


def _exhibits(exhibits: Exhibits, target: Target, region: str, worst: Probe) -> tuple[Exhibit, ...]:
    mean, variance = mean_pictures(exhibits.thumbnails, target.positions, target.membership)
    counts = target.membership.sum(axis=0)
    difference = standardised_difference(mean, variance, counts, worst.told_best)
    inside: NDArray[np.bool_] = np.kron(regions()[region], np.ones((BLOCK_PX, BLOCK_PX))).astype(bool)
    shown = target.classes[:_MOST_CLASSES]
    name = target.classes[worst.told_best]
    return (
        Exhibit(
            f"Mean picture of each class: {listed(shown, _MOST_CLASSES)}",
            side_by_side(list(mean[: len(shown)])),
        ),
        Exhibit(
            f"Where '{name}' is brighter (red) or darker (blue) than the others; the covered part is dimmed",
            coloured(difference, inside),
        ),
    )
