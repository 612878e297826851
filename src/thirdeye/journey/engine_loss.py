"""What validation cases are given by one engine, and what it loses against another."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.compare import primary_difference
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.paired import PairedDifference
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine, Pass
from thirdeye.inference.engines_file import LARGEST_LOSS
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opine import predicted, verdicts
from thirdeye.inference.runtime import REFERENCE, Runtime
from thirdeye.inference.views import see
from thirdeye.journey.engine_cases import EngineCases

_BATCH = 16
ROUNDING = 1e-4  # of a probability: the same network computed by other code


@dataclass(frozen=True)
class Said:
    """What one engine says of the validation cases.

    Args:
        probabilities: (n, K) calibrated, each by the members that did not learn from the case.
        whole: (n, K) calibrated, by all members, as a new case would be read.
        ms_per_image: median over batches, network alone.
    """

    probabilities: NDArray[np.float64]
    whole: NDArray[np.float64]
    ms_per_image: float


def listen(engine: Engine, manifest: Manifest, cases: EngineCases) -> Said:
    """Let an engine read the cases.

    Raises:
        StudyMismatch: the network does not tell its members apart, and some learnt from the cases.
    """
    parts, whole, times = [], [], []
    see(engine, np.asarray(cases.material.images[cases.rows[:_BATCH]]), manifest.views)  # warms it up
    for start in range(0, len(cases.rows), _BATCH):
        rows = cases.rows[start : start + _BATCH]
        images = np.asarray(cases.material.images[rows])
        began = time.perf_counter()
        found = see(engine, images, manifest.views)
        times.append((time.perf_counter() - began) / len(rows))
        parts.append(_held_out(found, cases.held_out[start : start + _BATCH]))
        whole.append(found.logits)
    typical = statistics.median(times)
    each = [apply(manifest.calibration, np.concatenate(one)) for one in (parts, whole)]
    return Said(each[0], each[1], ms_per_image=1000 * typical)


def _held_out(found: Pass, held_out: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Logits (B, K) of the members that did not learn from each case."""
    if held_out.all():
        return found.logits
    if found.members is None:
        raise StudyMismatch(
            "the network was written by an earlier version and does not tell its members apart, so that its "
            "loss on cases that they did not learn from cannot be measured; train the study again"
        )
    weights = held_out[:, :, None].astype(np.float32)
    logits: NDArray[np.float32] = (found.members * weights).sum(axis=1) / weights.sum(axis=1)
    return logits


def measured(
    runtime: Runtime, reference: Said, said: Said, manifest: Manifest, cases: EngineCases
) -> dict[str, Any]:
    """An entry of ``engines.json``.

    Args:
        runtime: whose it is.
        reference: what ONNX Runtime in f32 says.
        said: what this one says.
        manifest: of the reader.
        cases: that both read.
    """
    material = cases.material
    found = primary_difference(
        labels=material.labels[cases.rows], first=reference.probabilities, second=said.probabilities,
        classes=manifest.classes, task=manifest.task, positive=manifest.positive,
        clusters=material.patients[cases.rows],
    )  # fmt: skip
    loss = _loss(found, cases, same=_same(reference, said)).as_json()
    accepted = runtime == REFERENCE or _within(loss)
    changed = _changed(manifest, reference.whole, said.whole)
    entry = {
        "engine": runtime.engine,
        "precision": runtime.precision,
        "accepted": accepted,
        "ms_per_image": round(said.ms_per_image, 4),
        "times_as_fast": round(reference.ms_per_image / said.ms_per_image, 3),
        "loss": loss,
        "largest_change_of_a_probability": float(np.abs(reference.whole - said.whole).max()),
        "answers_changed": changed,
    }
    return entry | {"verdict": _verdict(runtime, entry)}


def _same(reference: Said, said: Said) -> bool:
    """Whether two engines say the same but for rounding."""
    return float(np.abs(reference.probabilities - said.probabilities).max()) <= ROUNDING


def _loss(found: PairedDifference | None, cases: EngineCases, *, same: bool) -> Metric:
    """AUC of the reference minus that of the engine, on the same cases.

    Where the difference has no variance there is no interval: two engines that part every case from every
    other alike may still lose on new ones. Only engines that say the `same` lose nothing for certain.
    """
    about: dict[str, Any] = {
        "name": "auc_loss", "n": len(cases.rows), "convention": "reference minus engine, same cases"
    }  # fmt: skip
    if found is None:
        return undefined(reason="an AUC needs cases with and without the condition", **about)
    about |= {
        "value": found.difference, "n_clusters": found.n_clusters,
        "details": {"auc_reference": found.first, "auc": found.second},
    }  # fmt: skip
    if found.ci_low is not None:
        return Metric(ci_low=found.ci_low, ci_high=found.ci_high, ci_method=found.ci_method, **about)
    if same:
        return Metric(ci_low=found.difference, ci_high=found.difference, ci_method="same_answers", **about)
    reason = "the difference does not vary between patients: no interval"
    return Metric(status="degenerate", reason=reason, **about)


def _within(loss: dict[str, Any]) -> bool:
    """Whether the upper limit of the loss is small enough; an unknown one is not."""
    high = loss["ci_high"]
    return high is not None and high <= LARGEST_LOSS


def _changed(manifest: Manifest, first: NDArray[np.float64], second: NDArray[np.float64]) -> dict[str, int]:
    """In how many cases a verdict, or without verdicts the class, is another."""

    def said(probability: NDArray[np.float64]) -> Any:
        found = [one.positive for one in verdicts(manifest, probability)]
        return found or predicted(manifest, probability)

    n = sum(said(one) != said(other) for one, other in zip(first, second, strict=True))
    return {"k": n, "n": len(first)}


def _verdict(runtime: Runtime, entry: dict[str, Any]) -> str:
    """One sentence for a person."""
    loss, changed = entry["loss"], entry["answers_changed"]
    if loss["value"] is None:
        return f"{runtime}: the loss cannot be measured ({loss['reason']})"
    limits = "" if loss["ci_low"] is None else f" ({loss['ci_low']:.4f} to {loss['ci_high']:.4f})"
    speed = f"{runtime}: {entry['ms_per_image']:.2f} ms an image, {entry['times_as_fast']:.2f} times as fast"
    if runtime == REFERENCE:
        own = loss["details"]["auc_reference"]
        return f"{runtime}: {entry['ms_per_image']:.2f} ms an image, AUC {own:.4f}"
    said = (
        f"{speed}; AUC lower by {loss['value']:.4f}{limits}; {changed['k']} of {changed['n']} answers change"
    )
    if entry["accepted"]:
        return said
    return f"{said}; a loss above {LARGEST_LOSS} cannot be excluded"
