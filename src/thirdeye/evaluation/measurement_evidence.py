"""From derived measurements of single cases to the entries "measurements" of a set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.bootstrap import N_RESAMPLES
from thirdeye.evaluation.derived_measurements import Derived, derive
from thirdeye.evaluation.measurement_agreement import agreement_metrics, cobb_smape
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.evaluation.point_case import PointCase

FROM_POINTS = "reference points"
FOUND = "network"
NOT_MEASURED = "could not be measured"
NO_REFERENCE = "no reference value"


@dataclass(frozen=True)
class Values:
    """The values of one case.

    Args:
        case, patient: which.
        reference: derived from the reference points.
        found: derived from the points that were found.
        stated: output to what a clinician stated in the data's table.
    """

    case: str
    patient: str
    reference: tuple[Derived, ...]
    found: tuple[Derived, ...]
    stated: Mapping[str, float]


def measured_values(
    cases: Sequence[PointCase], definitions: Sequence[Definition], names: Sequence[str]
) -> list[Values]:
    """What every definition gives, of the reference and of the points that were found.

    Args:
        cases: with their points.
        definitions: what to measure.
        names: landmarks in the order of the points.
    """
    whole = all(case.mm_per_px for case in cases)
    found = []
    for case in cases:
        pixel = case.mm_per_px if whole else None
        one, other = (
            tuple(derive(definitions, names, points, height=case.size[1], mm_per_px=pixel))
            for points in (case.reference, case.found)
        )
        found.append(Values(case.case, case.patient, one, other, dict(case.stated or {})))
    return found


def measurement_evidence(
    values: Sequence[Values],
    definitions: Sequence[Definition],
    *,
    patients_known: bool,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Agreement of each measurement with the reference points and, where stated, with the clinician's value.

    Args:
        values: of the cases, from `measured_values`.
        definitions: that they were made with.
        patients_known: whether patients say which cases belong together.
        level, n_resamples, seed: of the intervals.

    Returns:
        Entries ``name``, ``kind``, ``unit``, ``measured``, ``reference``, ``n``, ``n_excluded``, ``metrics``.
    """
    how: dict[str, Any] = {"level": level, "n_resamples": n_resamples, "seed": seed}
    entries = []
    for definition in definitions:
        for measured, reference, pairs in _sides(values, definition):
            kept = [row for row in pairs if None not in row[1:]]
            patients = [row[0] for row in kept] if patients_known else None
            known = np.array([row[1:] for row in kept], float).reshape(len(kept), -1, 2)
            shared = {"kind": definition.kind, "measured": measured, "reference": reference, "n": len(kept)}
            shared["n_excluded"] = _left_out(pairs)
            unit = _unit(values, definition)
            for column, name in enumerate(definition.outputs):
                metrics = agreement_metrics(
                    known[:, column, 0], known[:, column, 1], name=name, unit=unit, clusters=patients, **how
                )
                entries.append(_entry(name, unit, shared, metrics))
            if definition.kind == "cobb_3":
                smape = cobb_smape(
                    known[..., 0], known[..., 1], name=definition.name, clusters=patients, **how
                )
                entries.append(_entry(definition.name, "pct", shared, [smape]))
    return entries


def _sides(
    values: Sequence[Values], definition: Definition
) -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    """What is compared with what: patient, then reference and measured of each output in turn."""
    outputs = definition.outputs

    def of(derived: Sequence[Derived]) -> list[float | None]:
        by_name = {one.name: one.value for one in derived}
        return [by_name[name] for name in outputs]

    def rows(
        reference: list[list[float | None]], measured: list[list[float | None]]
    ) -> list[tuple[Any, ...]]:
        return [
            (value.patient, *(side for pair in zip(r, m, strict=True) for side in pair))
            for value, r, m in zip(values, reference, measured, strict=True)
        ]

    points, found = [of(v.reference) for v in values], [of(v.found) for v in values]
    yield FOUND, FROM_POINTS, rows(points, found)
    if definition.columns:
        stated = [[v.stated.get(name) for name in outputs] for v in values]
        column = f"column {', '.join(definition.columns)}"
        yield FOUND, column, rows(stated, found)
        yield FROM_POINTS, column, rows(stated, points)


def _left_out(pairs: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    no_reference = sum(None in row[1::2] for row in pairs)
    not_found = sum(None in row[2::2] and None not in row[1::2] for row in pairs)
    return {why: n for why, n in ((NO_REFERENCE, no_reference), (NOT_MEASURED, not_found)) if n}


def _unit(values: Sequence[Values], definition: Definition) -> str:
    units = {one.unit for value in values for one in value.found if one.name in definition.outputs}
    return next(iter(units)) if len(units) == 1 else definition.unit(has_spacing=False)


def _entry(name: str, unit: str, shared: Mapping[str, Any], metrics: Sequence[Any]) -> dict[str, Any]:
    left_out = shared["n_excluded"]
    return {
        "name": name, "unit": unit, **shared,
        "metrics": [one.with_(n_excluded=left_out | dict(one.n_excluded)).as_json() for one in metrics],
    }  # fmt: skip


def values_json(value: Values) -> dict[str, dict[str, Any]]:
    """What stands in the row of a case: output to its reference, found and stated value, and its types."""
    found = {one.name: one for one in value.found}
    return {
        one.name: {"reference": one.value, "found": found[one.name].value}
        | ({"stated": value.stated[one.name]} if one.name in value.stated else {})
        | _types_json(one, found[one.name])
        for one in value.reference
    }


def _types_json(reference: Derived, found: Derived) -> dict[str, Any]:
    if reference.type is None and found.type is None:
        return {}
    return {"reference_type": reference.type, "found_type": found.type}
