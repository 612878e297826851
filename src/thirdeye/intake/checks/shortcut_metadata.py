"""Whether the label can be told without looking at the picture."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Severity
from thirdeye.intake.probe.encode import encode
from thirdeye.intake.probe.metadata import Metadata, metadata_of
from thirdeye.intake.probe.probe import Probe, ask, in_words
from thirdeye.intake.probe.target import Target, target_of
from thirdeye.intake.words import counted, listed

NAME = "shortcut.metadata"
CLEAR = 0.60  # lower limit of the AUC of the class that is told best
ALMOST_ALONE = 0.90
_SOURCE = "SPEC 3 shortcut.metadata; Zech et al. 2018 (PLoS Med 15:e1002683)"
_NAMED = 3


@register_check(NAME, title="Label told by how the picture was taken", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A model that sees no pixel is asked for the label, of patients that it has not seen."""
    target = target_of(exhibits)
    known = metadata_of(exhibits, target)
    parts = (known.acquisition, known.collecting, known.quality, known.clinical, known.other)
    if all(part.empty for part in parts) and not known.same:
        raise NotApplicable("nothing but the picture is known of an image, and all files are alike")
    if known.same:
        yield _same(known)
    yield from _acquisition(known.acquisition, target, exhibits.seed)
    yield from _collecting(known.collecting, target, exhibits.seed)
    yield from _quality(known.quality, target, exhibits.seed)
    yield from _patient(known.clinical, target, exhibits.seed, "clinical")
    yield from _patient(known.other, target, exhibits.seed, "other")


def _acquisition(columns: pd.DataFrame, target: Target, seed: int) -> Iterator[Finding]:
    whole, each = _ask_all(columns, target, seed)
    if whole is None or whole.low <= 0.5:
        return
    named = _strongest(each)
    severity: Severity = "warning" if whole.low > CLEAR else "info"
    alone = whole.low > ALMOST_ALONE
    told = f"{target.told(whole.told_best)}: AUC {in_words(whole.best)}"
    yield Finding(
        check=NAME,
        severity=severity,
        message=(
            f"How a picture was taken gives its label away almost by itself ({told}), above all {named}. "
            "A network can score well here and have learnt nothing about the disease."
            if alone
            else f"How a picture was taken tells something about its label ({told}), above all {named}."
        ),
        evidence=_evidence("acquisition", whole, each),
        remedy="Compare within one source, make pictures of all classes alike in size and origin, or collect "
        "each class from the same places; the network's AUC means little where it is not well above this one"
        if severity == "warning"
        else "Keep it in mind when the figures are read",
        source=_SOURCE,
    )


def _collecting(columns: pd.DataFrame, target: Target, seed: int) -> Iterator[Finding]:
    """No network sees how many images a patient has, but it tells that classes were collected apart."""
    whole, each = _ask_all(columns, target, seed)
    if whole is None or whole.low <= CLEAR:
        return
    yield Finding(
        check=NAME,
        severity="warning" if whole.low > ALMOST_ALONE else "info",
        message=f"The classes were not collected in the same way: {next(iter(each))} tells "
        f"{target.told(whole.told_best)}, AUC {in_words(whole.best)}.",
        evidence=_evidence("collecting", whole, each),
        remedy="Find out where the images of each class come from; classes from sources of their own cannot "
        "be told from the sources",
        source=_SOURCE,
    )


def _quality(columns: pd.DataFrame, target: Target, seed: int) -> Iterator[Finding]:
    """Quality may follow from disease (the sick move), so that it is a warning only where it says all."""
    whole, each = _ask_all(columns, target, seed)
    if whole is None or whole.low <= CLEAR:
        return
    yield Finding(
        check=NAME,
        severity="warning" if whole.low > ALMOST_ALONE else "info",
        message=f"Sharpness, noise, exposure and the like differ between the classes "
        f"({target.told(whole.told_best)}: "
        f"AUC {in_words(whole.best)}), above all {_strongest(each)}. Part of it may be the disease itself.",
        evidence=_evidence("quality", whole, each),
        remedy="Make sure that all classes were exported, scaled and compressed in the same way",
        source=_SOURCE,
    )


def _patient(columns: pd.DataFrame, target: Target, seed: int, kind: str) -> Iterator[Finding]:
    whole, each = _ask_all(columns, target, seed)
    if whole is None or whole.low <= 0.5:
        return
    what = "What is known of the patient" if kind == "clinical" else "What else the table says"
    use = (
        "These are legitimate predictors; a network should do better than they do alone, and the classes "
        "should be compared at like age and sex"
        if kind == "clinical"
        else "Make sure that they are known before the diagnosis; if they say how the picture was taken, "
        "they are a shortcut"
    )
    yield Finding(
        check=NAME,
        severity="info",
        message=f"{what} ({listed(list(columns.columns), 4)}) tells the label without the picture: "
        f"{target.told(whole.told_best)}, AUC {in_words(whole.best)}.",
        evidence=_evidence(kind, whole, each),
        remedy=use,
        source=_SOURCE,
    )


def _same(known: Metadata) -> Finding:
    names = listed([f"'{name}'" for name in known.same])
    return Finding(
        check=NAME,
        severity="info",
        message=f"{counted(len(known.same), 'column')} ({names}) says the label in other words; it is not "
        "counted as a shortcut.",
        evidence={"columns": list(known.same)},
        remedy="If it says where or how a picture was taken, it is a shortcut: each source then has labels "
        "of its own",
        source=_SOURCE,
    )


def _ask_all(columns: pd.DataFrame, target: Target, seed: int) -> tuple[Probe | None, dict[str, Probe]]:
    """All columns together, and each by itself."""
    coded = {name: encode(columns[name]) for name in columns}
    coded = {name: part for name, part in coded.items() if part.shape[1]}
    if not coded:
        return None, {}
    each = {name: ask(part, target, seed=seed) for name, part in coded.items()}
    whole = ask(np.concatenate(list(coded.values()), axis=1), target, seed=seed)
    return whole, dict(sorted(each.items(), key=lambda item: -(item[1].best.value or 0.0)))


def _strongest(each: dict[str, Probe]) -> str:
    """The columns that carry it, the strongest first."""
    telling = [name for name, probe in each.items() if probe.low > 0.5][:_NAMED] or list(each)[:1]
    return listed([f"{name} ({each[name].best.value:.2f})" for name in telling])


def _evidence(kind: str, whole: Probe, each: dict[str, Probe]) -> dict[str, object]:
    rows = [
        [name, *(_round(part) for part in (m.value, m.ci_low, m.ci_high)), m.class_name]
        for name, m in ((name, probe.best) for name, probe in each.items())
    ]
    return {
        "kind": kind,
        "auc": whole.overall.as_json(),
        "auc_of_classes": [metric.as_json() for metric in whole.of_classes],
        "table": {"columns": ["column", "AUC", "from", "to", "class told best"], "rows": rows},
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
