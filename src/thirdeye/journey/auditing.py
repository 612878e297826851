"""The audits that need more than labels and probabilities: dates, the envelope, what the checks found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.audits.audit import Audit, Severity, put_audits
from thirdeye.evaluation.audits.drift import drifted
from thirdeye.evaluation.audits.envelope import outside_envelope
from thirdeye.evaluation.audits.prevalence_shift import is_shifted
from thirdeye.evaluation.audits.reuse import reused
from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.drift import WINDOW, calibration_drift
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.words import tokens
from thirdeye.journey.enveloped import distances_of, surroundings_of
from thirdeye.journey.looks import Looks
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan
from thirdeye.training.selection import Truth, figure

IN_USE = "prevalence_in_use"  # key of fingerprint.json
DATE_WORDS = frozenset({"date", "datum", "day", "acquired", "acquisitiondate", "studydate", "examdate"})
MOST_UNREADABLE = 0.05  # share of dates that may be missing
FEWEST_WINDOWS = 3
FROM_CHECKS = {"spectrum": "spectrum", "labels.source": "refstd"}  # check to audit
_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}
_SMALLEST = 1e-12  # probability of which a logarithm is taken


def join_audits(
    study: Study,
    entry: dict[str, Any],
    scored: Scored,
    plan: Plan,
    manifest: Manifest,
    *,
    patients_known: bool,
) -> None:
    """Write into an entry of "sets" what dates, envelope and checks say of its cases.

    Args:
        study: with the reader and findings.json.
        entry: of `evaluate_set`; changed.
        scored: its cases.
        plan: task and classes.
        manifest: of the reader.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    put_audits(
        entry,
        [
            *_from_checks(study),
            *_drift(scored, plan, patients_known),
            *_envelope(study, scored, plan, manifest, patients_known),
        ],
    )


def join_reuse(entry: dict[str, Any], looks: Looks, data_sha256: str) -> None:
    """Write into an entry of "sets" how often its cases were looked at, and why."""
    found = looks.at(data_sha256)
    put_audits(entry, reused(max(len(found), 1), [look.reason for look in found[1:]]))


def shifted_use(study: Study, scored: Scored, plan: Plan, *, patients_known: bool) -> tuple[float, ...]:
    """The prevalence of use, where it was stated and lies outside the interval of the set's own (binary)."""
    stated: Mapping[str, float] = study.read_json("fingerprint.json").get(IN_USE) or {}
    if plan.positive is None or plan.positive not in stated:
        return ()
    cases = read_case_set(
        labels=scored.labels, probabilities=scored.network, classes=list(plan.classes), task=plan.task,
        positive=plan.positive, clusters=scored.patients if patients_known else None,
    )  # fmt: skip
    return (stated[plan.positive],) if is_shifted(cases, stated[plan.positive]) else ()


def _from_checks(study: Study) -> list[Audit]:
    """What the checks of the data found of spectrum and reference standard."""
    found = study.read_json("findings.json").get("findings", []) if study.has("findings.json") else []
    return [
        Audit(
            FROM_CHECKS[finding["check"]], _SEVERITIES[finding["severity"]], str(finding["message"]),
            {"check": finding["check"]},
        )
        for finding in found
        if finding.get("check") in FROM_CHECKS and finding.get("severity") in _SEVERITIES
    ]  # fmt: skip


def _drift(scored: Scored, plan: Plan, patients_known: bool) -> list[Audit]:
    """Calibration by date (binary), where a column holds dates."""
    if plan.positive is None:
        return []
    times = date_of_rows(scored.material.rows.iloc[scored.rows])
    if times is None:
        return []
    there = np.isfinite(times)
    window = min(WINDOW, int(there.sum()) // FEWEST_WINDOWS)
    if window < 2:
        return []
    column = plan.classes.index(plan.positive)
    drift = calibration_drift(
        scored.labels[there] == column, scored.network[there, column], times[there], window=window,
        step=window, clusters=scored.patients[there] if patients_known else None,
    )  # fmt: skip
    return drifted(drift)


def date_of_rows(rows: pd.DataFrame) -> NDArray[np.float64] | None:
    """(n,) days since 1970 from the first column that is named as a date and holds dates; NaN where missing.

    Dates are read as ISO 8601 or DICOM (20240131) write them; None where there is no such column, or where
    it holds one day only.
    """
    for name in rows.columns:
        words = set(tokens(str(name)))
        if not (words & DATE_WORDS) or "birth" in words or "birthdate" in words:
            continue
        text = rows[name].astype(str).str.strip()
        dates = pd.to_datetime(text.where(text.str.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d.*")), errors="coerce")
        if dates.isna().mean() <= MOST_UNREADABLE and dates.nunique() > 1:
            days = (dates - pd.Timestamp(0)) / pd.Timedelta(days=1)
            return days.to_numpy(dtype=np.float64)
    return None


def _envelope(
    study: Study, scored: Scored, plan: Plan, manifest: Manifest, patients_known: bool
) -> list[Audit]:
    """Cases whose features lie outside what the network has learnt from, and the figure without them."""
    around = surroundings_of(study, manifest)
    if around is None or scored.features is None:
        return []
    outside = distances_of(around, scored) > 1
    if not outside.any() or outside.all():
        return []
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    clusters = scored.patients if patients_known else np.arange(len(outside)).astype(str)
    truth = Truth(scored.labels, plan.classes, positive, clusters, plan.task)
    logits = np.log(np.maximum(scored.network, _SMALLEST))
    inside = np.flatnonzero(~outside)
    return outside_envelope(
        outside, everyone=figure(logits, truth), inside=figure(logits[inside], truth.at(inside))
    )
