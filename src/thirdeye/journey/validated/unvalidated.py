"""What a reader has not been validated on, in sentences: facts of the data, nothing is chosen by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.evaluation.metric import MIN_EVENTS
from thirdeye.intake.words import counted, listed
from thirdeye.journey.evaluated import EXTERNAL
from thirdeye.journey.validated.groups import Cases, group_sentences

MOST_CLASSES = 12
LOCATED = {"segmentation": "marks", "detection": "finds", "landmarks": "places"}


def unvalidated_of(evidence: Mapping[str, Any], fingerprint: Fingerprint, cases: Cases) -> tuple[str, ...]:
    """Sentences on what a reader has not been validated on, the widest gap first.

    Args:
        evidence: content of ``evaluation.json``.
        fingerprint: of the dataset.
        cases: those that the reader was measured on.
    """
    return (
        *_elsewhere(evidence, fingerprint),
        *_images(fingerprint),
        *_classes(evidence),
        *_prevalence(evidence),
        *group_sentences(cases),
        *_patients(cases),
    )


def _elsewhere(evidence: Mapping[str, Any], fingerprint: Fingerprint) -> Iterator[str]:
    sets = {
        name.removeprefix(EXTERNAL): entry
        for name, entry in evidence.get("sets", {}).items()
        if name.startswith(EXTERNAL)
    }
    if sets:
        told = [f"{name} ({_counted(entry)})" for name, entry in sets.items()]
        yield f"Other hospitals and scanners, but for these external data: {listed(told)}."
        return
    own = [name for name in fingerprint.sites if name]
    where = f" All cases come from the data of this study ({listed(own)})." if own else ""
    yield f"Other hospitals and scanners: no data from elsewhere have been measured.{where}"


def _counted(entry: Mapping[str, Any]) -> str:
    whole = entry.get("by_case")
    return counted(int(whole["n"]), str(whole["unit"])) if whole else counted(int(entry["n"]), "case")


def _images(fingerprint: Fingerprint) -> Iterator[str]:
    kinds = [name for name in fingerprint.modalities if name]
    if kinds:
        yield f"Kinds of images other than {listed(kinds)}."
    else:
        yield "Kinds of images other than those of the study; its files do not say how they were taken."


def _classes(evidence: Mapping[str, Any]) -> Iterator[str]:
    names, task = list(evidence.get("classes") or ()), str(evidence.get("task"))
    if task in LOCATED:
        yield f"Findings other than {listed(names, MOST_CLASSES)}: it {LOCATED[task]} nothing else."
    elif task != "multilabel":
        known = listed(names, MOST_CLASSES)
        yield f"Conditions other than {known}: whatever a case has, it gets one of these answers."
    counts = evidence.get("sets", {}).get("test", {}).get("n_by_class") or {}
    few = [f"{name} ({number})" for name, number in counts.items() if number < MIN_EVENTS]
    if few:
        yield f"With fewer than {MIN_EVENTS} cases in the test part: {listed(few)}."


def _prevalence(evidence: Mapping[str, Any]) -> Iterator[str]:
    positive, entry = evidence.get("positive"), evidence.get("sets", {}).get("test", {})
    found = entry.get("prevalence") or {}
    if positive is None or found.get("value") is None:
        return
    yield (
        f"Places where {positive} is much rarer or more common than here "
        f"({100 * found['value']:.0f} of 100 test cases): there the probabilities are off."
    )


def _patients(cases: Cases) -> Iterator[str]:
    if not cases.patients_known:
        yield "Patients as such: it is not known which images belong to one patient."
