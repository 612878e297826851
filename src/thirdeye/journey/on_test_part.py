"""A study's own test part: looked at once, beside the traditional technique, and written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.metric import ThresholdOrigin
from thirdeye.evaluation.operating_point import cost_point
from thirdeye.inference.manifest import read_manifest
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.auditing import join_audits, join_reuse, shifted_use
from thirdeye.journey.baseline import fit_baseline
from thirdeye.journey.case_map import join_case_map
from thirdeye.journey.enveloped import join_envelope
from thirdeye.journey.evaluated import (
    BASELINE_SHARE,
    EVALUATION_FILE,
    PREDICTIONS_FILE,
    kept_and_dropped,
    test_part_hash,
    validation_key,
)
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.external.asked import External, stated_prevalence
from thirdeye.journey.feature_sets.fitting import fit_feature_sets, with_sources
from thirdeye.journey.feature_sets.measuring import join_feature_sets
from thirdeye.journey.fusion.measuring import join_cases
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.located.on_test_part import validate_located
from thirdeye.journey.located.tasks import LOCATED
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset, task_of
from thirdeye.journey.networks import join_networks
from thirdeye.journey.quality import join_quality
from thirdeye.journey.repeating import rejoin
from thirdeye.journey.results import Validated
from thirdeye.journey.rivalry import traditional_evidence
from thirdeye.journey.scoring import predictions_csv, score_material, score_validation
from thirdeye.journey.similar.measured import join_retrieval
from thirdeye.journey.spectrum import join_spectrum
from thirdeye.journey.strata import find_strata
from thirdeye.journey.subgroups import grouping_columns
from thirdeye.journey.tie_break import join_tie_break
from thirdeye.journey.training import training_key
from thirdeye.journey.uncertainty import join_uncertainty
from thirdeye.journey.validated.keeping import keep_validated
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener, silent


@dataclass(frozen=True)
class Asked:
    """What a user wants to know of the test part beside what is always told.

    Args:
        subgroups: columns to group by, beside those that are found.
        prevalences: of use, as stated; empty where nobody did.
        points: operating points that follow from costs.
    """

    subgroups: tuple[str, ...]
    prevalences: tuple[float, ...]
    points: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Args:
        evidence: content of ``evaluation.json``, but for what is said of looks.
        predictions: content of ``predictions.csv``.
        pictures: names of the pictures that were written.
    """

    evidence: dict[str, Any]
    predictions: str
    pictures: tuple[str, ...]


def validate_test_part(
    study: str | Path,
    *,
    data: str | Path | None = None,
    reason: str | None = None,
    subgroups: Sequence[str] = (),
    prevalence: str | float | None = None,
    cost_ratios: Sequence[float] = (),
    tell: Listener = silent,
) -> Validated:
    """Measure the reader of a trained study on its test part, beside the traditional technique.

    Args:
        study: folder with a trained reader.
        data: where the images lie; None: where they lay when the study was planned.
        reason: why the test part is looked at again; needed for the second and every further look.
        subgroups: columns to group the cases by, beside those that are found to tell groups apart.
        prevalence: how common the condition will be in use (0.02, "2 %"), where the cases were sampled;
            predictive values are then given at it, and those of the set are left out.
        cost_ratios: how many false alarms weigh as much as one missed case; each adds an operating point,
            which is prespecified only where the test part was never looked at before.
        tell: hears how it goes.

    Raises:
        UsageError: a prevalence or ratio cannot be, or a further look has no reason.
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    place = Study(Path(study))
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    key = validation_key(place)
    if task_of(place) in LOCATED:
        return validate_located(place, None if data is None else Path(data), key, reason, tell)
    plan = read_plan(place)
    dataset = read_study_dataset(place, None if data is None else Path(data))
    grouping_columns(dataset.rows, subgroups)  # an unknown column is refused before a look is spent
    looks, cases = Looks(place, ledger), test_part_hash(dataset)
    looks.take_over(cases)
    looks.refuse_without_reason("test", cases, reason)
    asked = _asked(plan, subgroups, prevalence, cost_ratios, looked=bool(looks.at(cases)))
    external, dropped = kept_and_dropped(place, ledger)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        found = _measure(place, dataset, plan, asked, tell)
        evidence, model = found.evidence, read_manifest(place).onnx["sha256"]
        # Counted just before the figures can be seen: a run that was killed earlier showed none.
        evidence["test_looks"] = looks.count("test", cases, model_sha256=model, reason=reason)
        join_reuse(evidence["sets"]["test"], looks, cases)
        evidence["sets"] |= external
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, found.predictions)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE, *found.pictures]
    rejoin(place)
    keep_validated(place)
    for name in dropped:
        tell(Event("note", f"{name} was measured with an earlier reader and is dropped; measure it again"))
    return Validated(place.folder, place.read_json(EVALUATION_FILE))


def _asked(
    plan: Plan,
    subgroups: Sequence[str],
    prevalence: str | float | None,
    cost_ratios: Sequence[float],
    *,
    looked: bool,
) -> Asked:
    stated = stated_prevalence(plan, External(options={"prevalence": prevalence}))
    origin: ThresholdOrigin = "chosen_on_test" if looked else "prespecified"
    points = tuple(cost_point(ratio, origin=origin) for ratio in cost_ratios)
    if (stated or points) and plan.positive is None:
        raise UsageError(
            f"a prevalence or cost ratio belongs to a yes-or-no question; this one is {plan.task}"
        )
    return Asked(tuple(subgroups), stated, points)


def _measure(place: Study, dataset: Dataset, plan: Plan, asked: Asked, tell: Listener) -> Measured:
    """Everything that is told of the test part and of the validation cases."""
    manifest, known = read_manifest(place), dataset.group != "image"
    development = gather(place, dataset, plan, "train", "validation")
    splits, seconds = member_splits(development.rows, plan), BASELINE_SHARE * plan.budget_s
    baseline = fit_baseline(
        development, splits, plan, time_limit_s=seconds, threads=usable_cores(), tell=tell
    )
    sets = {
        "test": score_material(place, gather(place, dataset, plan, "test"), manifest, baseline),
        "validation": score_validation(place, development, baseline),
    }
    feature_sets = fit_feature_sets(
        place, development, sets["test"].material, splits, plan, manifest, seconds=seconds, tell=tell
    )
    sets = with_sources(sets, feature_sets)
    entries = {
        name: set_evidence(
            scored, plan, manifest, baseline, patients_known=known, excluded=_excluded(dataset),
            subgroups=asked.subgroups if name == "test" else None,
            prevalences=asked.prevalences or shifted_use(place, scored, plan, patients_known=known),
            further_points=asked.points,
        )
        for name, scored in sets.items()
    }  # fmt: skip
    entries["test"]["strata"], pictures = find_strata(
        place, plan, sets["validation"], sets["test"], patients_known=known,
        points=[dict(point) for point in manifest.operating_points],
    )  # fmt: skip
    join_uncertainty(entries["test"], sets["test"], plan, manifest, patients_known=known)
    decided = join_cases(place, entries["test"], sets["test"], plan, manifest, patients_known=known)
    join_networks(entries["test"], sets["test"], plan, manifest, patients_known=known)
    join_feature_sets(entries["test"], sets["test"], feature_sets, plan, patients_known=known)
    join_tie_break(entries["test"], sets["test"], plan, manifest, patients_known=known)
    join_spectrum(entries["test"], sets["test"], plan, manifest, patients_known=known)
    join_quality(place, entries["test"], sets["test"], dataset, plan, manifest, tell, patients_known=known)
    join_envelope(place, entries["test"], sets["test"], manifest, patients_known=known)
    join_retrieval(
        place, entries["test"], sets["test"], development, baseline, manifest, patients_known=known
    )  # fmt: skip
    join_case_map(entries["test"], sets["test"], plan)
    for name, scored in sets.items():
        join_audits(place, entries[name], scored, plan, manifest, patients_known=known)
    evidence = evaluation_document(
        task=plan.task, positive=plan.positive, unit="image", classes=plan.classes, sets=entries
    )
    evidence["traditional"] = traditional_evidence(
        baseline, development, splits, plan, patients_known=known, seconds=seconds / 4
    )
    whole = None if decided is None else (decided.rows, decided.probabilities)
    return Measured(evidence, predictions_csv(plan, sets.items(), whole), tuple(pictures))


def _excluded(dataset: Dataset) -> dict[str, int]:
    """Reason to number of images left out before."""
    reasons = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    return {str(why): int(n) for why, n in reasons.items()}
