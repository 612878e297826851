"""From what was measured of each method to verdicts, and to the method that is shown. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.explanation.method import Method
from thirdeye.inference.heat_map import METHOD

SANITY_VERSION = 3
_REASONS = {
    "weights": "its maps stay alike when the weights are random, or too few were examined to exclude it",
    "labels": "its maps stay alike when the last layer learns random labels, or too few were examined to"
    " exclude it",
    "order": "the places that it marks move the answer no more than places at random",
    "localisation": "it marks what the annotators marked less often than chance",
}


_BELOW = {True: "the layers below keep what they learnt", False: "no other layer was trained on labels"}


def about(method: Method) -> dict[str, Any]:
    """What a method is, JSON-ready."""
    return {
        "title": method.title,
        "source": method.source,
        "sign": method.sign,
        "needs_torch": method.needs_torch,
        "passes": method.passes,
    }


def not_examined(method: Method, reason: str) -> dict[str, Any]:
    """The entry of a method whose exam was not taken."""
    return {**about(method), "passed": None, "failed": [], "verdict": f"Not examined: {reason}"}


def failures(form: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions that a method failed."""
    failed = [name for name in ("weights", "labels", "order") if not form[name]["passed"]]
    if (form.get("localisation") or {}).get("below_chance"):
        failed.append("localisation")
    return tuple(failed)


def verdict(title: str, failed: tuple[str, ...], *, tuned: bool = True) -> str:
    """One sentence for a person.

    Args:
        title: of the method.
        failed: questions.
        tuned: whether more than the last layer was trained on the labels.
    """
    if not failed:
        return (
            f"Passed: maps by {title} change with the weights, and with the labels that the last layer learns"
            f" ({_BELOW[tuned]}); the places that they mark move the answer more than places at random."
        )
    return f"Not passed: {'; '.join(_REASONS[name] for name in failed)}. Maps by {title} are not shown."


def by_image(form: Mapping[str, Any]) -> NDArray[np.float64]:
    """(n,) how well a method did on each image: by localisation where there is any, else by the order."""
    told = form.get("localisation") or form["order"]
    return np.array([np.nan if value is None else value for value in told["by_image"]], dtype=float)


def choose(methods: Mapping[str, Mapping[str, Any]], *, patients: Any = None) -> str | None:
    """The method to show: the simplest that passed, unless another is measurably better; None: none passed.

    Only methods that a reader without torch can draw are considered, those that cost least first; a dearer
    one takes the place of a cheaper one where it did better on the same development images, by more than the
    95 % interval of the difference.

    Args:
        methods: name to what was asked of it and found.
        patients: (n,) of the exam images.
    """
    able = [name for name, one in methods.items() if one["passed"] and not one["needs_torch"]]
    able.sort(key=lambda name: methods[name]["passes"])
    if not able:
        return None
    best = able[0]
    for name in able[1:]:
        if _better(by_image(methods[name]), by_image(methods[best]), patients):
            best = name
    return best


def summed_up(methods: Mapping[str, Mapping[str, Any]], *, patients: Any = None) -> dict[str, Any]:
    """The content of ``explanation/sanity.json``: all methods, with the one that is shown on top."""
    shown = choose(methods, patients=patients)
    told = methods[shown or METHOD]
    return {
        "version": SANITY_VERSION,
        "method": shown or METHOD,
        "passed": told["passed"],
        "verdict": told["verdict"],
        "statistics": told.get("weights", {}),
        "methods": dict(methods),
    }


def not_run() -> dict[str, Any]:
    """The same where there is no torch."""
    return {
        "version": SANITY_VERSION,
        "method": METHOD,
        "passed": None,
        "verdict": "The exam was not run: it needs the extra 'train'.",
        "statistics": {},
        "methods": {},
    }


def for_reader(sanity: Mapping[str, Any]) -> dict[str, Any]:
    """What ``model.json`` holds of it: which method is shown, and the verdict of each."""
    return {
        "passed": sanity["passed"],
        "method": sanity["method"],
        "methods": {name: one["passed"] for name, one in sanity["methods"].items()},
    }


def _better(one: NDArray[np.float64], other: NDArray[np.float64], patients: Any) -> bool:
    n = min(len(one), len(other))
    clusters = None if patients is None else np.asarray(patients)[:n]
    gain = mean_of_cases(one[:n] - other[:n], name="gain", clusters=clusters)
    return gain.ci_low is not None and gain.ci_low > 0
