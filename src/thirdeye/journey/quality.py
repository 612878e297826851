"""The axis of quality: the test images read again, each made poorer in the ways that the plan names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.material import gather
from thirdeye.journey.scoring import Scored, score_material
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener

QUALITY = "quality"
AS_THEY_ARE = "pictures as they are"
_SAID = {
    "better": "On {step} pictures ({strength:g}) the network reads worse",
    "worse": "On {step} pictures ({strength:g}) the network reads better",
}
_OPEN = "On {step} pictures ({strength:g}) the network is not shown to read worse"


def join_quality(
    place: Study, entry: dict[str, Any], scored: Scored, dataset: Dataset, plan: Plan, manifest: Manifest,
    tell: Listener, *, patients_known: bool,
) -> None:  # fmt: skip
    """Write "quality" into the entry of the test part, where the plan names ways to be poorer.

    Each way is compared with the pictures as they are: the same network, the same cases, a paired test of the
    primary measure; p is adjusted by Holm over all ways.

    Args:
        place: of the study.
        entry: of `set_evidence`.
        scored: the test part as it is.
        dataset: of the study.
        plan: with the ways (`quality`).
        manifest: of the reader.
        tell: hears how it goes.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    if not plan.quality:
        return
    tell(Event("note", f"the test images are read again, made poorer in {len(plan.quality)} ways"))
    common: dict[str, Any] = {
        "labels": scored.labels, "classes": list(plan.classes), "task": plan.task, "positive": plan.positive,
        "clusters": scored.patients if patients_known else None,
    }  # fmt: skip
    found = []
    for name, strength in plan.quality:
        poorer = replace(plan, preparation=((name, strength), *plan.preparation))
        material = gather(place, dataset, poorer, "test")
        seen = score_material(place, material, manifest, None).network
        told = compare_models(
            **common, first=scored.network, second=seen, seed=plan.seed, only_primary=True,
            names=(AS_THEY_ARE, f"{name} pictures ({strength:g})"),
        )  # fmt: skip
        found.append(told | {"step": name, "strength": strength, "verdict": _verdict(told, name, strength)})
    entry[QUALITY] = with_adjusted(found)


def _verdict(told: dict[str, Any], step: str, strength: float) -> str:
    """The sentence of the comparison, about pictures and not about two models."""
    opening = _SAID.get(told["outcome"], _OPEN).format(step=step, strength=strength)
    figures = str(told["verdict"]).partition(": ")[2]
    return f"{opening}: as they are, {figures}"
