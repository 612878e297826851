"""`validate`: look at the untouched test part, once, and write the evidence down; or at external data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.document import evaluation_document
from thirdeye.evaluation.metric import ThresholdOrigin
from thirdeye.evaluation.operating_point import cost_point
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.auditing import join_audits, join_reuse, shifted_use
from thirdeye.journey.baseline import fit_baseline
from thirdeye.journey.evaluated import BASELINE_SHARE as BASELINE_SHARE
from thirdeye.journey.evaluated import EVALUATION_FILE as EVALUATION_FILE
from thirdeye.journey.evaluated import PREDICTIONS_FILE as PREDICTIONS_FILE
from thirdeye.journey.evaluated import kept_and_dropped, test_part_hash
from thirdeye.journey.evaluated import validation_key as validation_key
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.external.asked import External, stated_prevalence
from thirdeye.journey.external.validating import validate_on
from thirdeye.journey.ledger import Ledger, usable_cores
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset, task_of
from thirdeye.journey.options import DataOptions
from thirdeye.journey.repeating import rejoin
from thirdeye.journey.results import Validated
from thirdeye.journey.rivalry import traditional_evidence
from thirdeye.journey.scoring import predictions_csv, score_material, score_validation
from thirdeye.journey.strata import find_strata
from thirdeye.journey.subgroups import grouping_columns
from thirdeye.journey.training import training_key
from thirdeye.training.event import Event, Listener, silent


def validate(
    study: str | Path,
    *,
    on: str | Path | None = None,
    data: str | Path | None = None,
    reason: str | None = None,
    name: str | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
    part: str | None = None,
    same_patients: bool = False,
    traditional: bool = True,
    subgroups: Sequence[str] = (),
    cost_ratios: Sequence[float] = (),
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Validated:
    """Measure the reader of a trained study: on its own test part, or on data from elsewhere.

    Args:
        study: folder with a trained reader; for external data one that was validated.
        on: external data (folder, table or archive), opened as `check` does; None: the study's own test part.
        data: where the images of the study lie; None: where they lay when it was planned.
        reason: why cases are looked at again; needed for the second and every further look at them.
        name, mapping, part, same_patients, traditional: of an external validation, see `External`.
        subgroups: columns to group the cases by, beside those that are found to tell groups apart.
        cost_ratios: of the study's own test part, see `validate_test_part`.
        tell: hears how it goes.
        options: what can be said about `on`, see `DataOptions`; `prevalence` alone also of the test part.

    Raises:
        UsageError: an option does not fit, or a further look has no reason.
        DataRefused: the external data cannot be evaluated.
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    place = None if data is None else Path(data)
    prevalence = options.pop("prevalence", None) if on is None else None
    asked = External(
        name=name, mapping=dict(mapping or {}), part=part, same_patients=same_patients,
        traditional=traditional, options=options,
    )  # fmt: skip
    if on is not None and cost_ratios:
        raise UsageError("--cost-ratio belongs to the study's own test part, not to --on DATA")
    if on is not None:
        asked = replace(asked, subgroups=tuple(subgroups))
        return validate_on(Path(study), Path(on), asked, data=place, reason=reason, tell=tell)
    if asked != External():
        raise UsageError("these options describe external data; name them with --on DATA")
    return validate_test_part(
        study, data=data, reason=reason, subgroups=subgroups, prevalence=prevalence, cost_ratios=cost_ratios,
        tell=tell,
    )  # fmt: skip


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
    if task_of(place) == "segmentation":
        return _validate_dense(place, data, key, reason, tell)
    plan, manifest = read_plan(place), read_manifest(place)
    dataset = read_study_dataset(place, None if data is None else Path(data))
    grouping_columns(dataset.rows, subgroups)  # an unknown column is refused before a look is spent
    looks, cases = Looks(place, ledger), test_part_hash(dataset)
    looks.take_over(cases)
    looks.refuse_without_reason("test", cases, reason)
    stated = stated_prevalence(plan, External(options={"prevalence": prevalence}))
    origin: ThresholdOrigin = "chosen_on_test" if looks.at(cases) else "prespecified"
    costs = [cost_point(ratio, origin=origin) for ratio in cost_ratios]
    if (stated or costs) and plan.positive is None:
        raise UsageError(
            f"a prevalence or cost ratio belongs to a yes-or-no question; this one is {plan.task}"
        )
    external, dropped = kept_and_dropped(place, ledger)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        development = gather(place, dataset, plan, "train", "validation")
        baseline = fit_baseline(
            development, member_splits(development.rows, plan), plan,
            time_limit_s=BASELINE_SHARE * plan.budget_s, threads=usable_cores(), tell=tell,
        )  # fmt: skip
        sets = {
            "test": score_material(place, gather(place, dataset, plan, "test"), manifest, baseline),
            "validation": score_validation(place, development, baseline),
        }
        known, excluded = dataset.group != "image", _excluded(dataset)
        evidence = evaluation_document(
            task=plan.task, positive=plan.positive, unit="image", classes=plan.classes,
            sets={
                name: set_evidence(
                    scored,
                    plan,
                    manifest,
                    baseline,
                    patients_known=known,
                    excluded=excluded,
                    subgroups=subgroups if name == "test" else None,
                    prevalences=stated or shifted_use(place, scored, plan, patients_known=known),
                    further_points=costs,
                )
                for name, scored in sets.items()
            },
        )  # fmt: skip
        evidence["traditional"] = traditional_evidence(
            baseline, development, member_splits(development.rows, plan), plan, patients_known=known,
            seconds=BASELINE_SHARE * plan.budget_s / 4,
        )  # fmt: skip
        points = [dict(point) for point in manifest.operating_points]
        strata, pictures = find_strata(
            place, plan, sets["validation"], sets["test"], points=points, patients_known=known
        )
        evidence["sets"]["test"]["strata"] = strata
        for name, scored in sets.items():
            join_audits(place, evidence["sets"][name], scored, plan, manifest, patients_known=known)
        predictions = predictions_csv(plan, sets.items())
        # Counted just before the figures can be seen: a run that was killed earlier showed none.
        evidence["test_looks"] = looks.count(
            "test", cases, model_sha256=manifest.onnx["sha256"], reason=reason
        )
        join_reuse(evidence["sets"]["test"], looks, cases)
        evidence["sets"] |= external
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, predictions)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE, *pictures]
    rejoin(place)
    for name in dropped:
        tell(Event("note", f"{name} was measured with an earlier reader and is dropped; measure it again"))
    return Validated(place.folder, place.read_json(EVALUATION_FILE))


def _validate_dense(
    place: Study, data: str | Path | None, key: str, reason: str | None, tell: Listener
) -> Validated:
    """The same for a reader that marks structures."""
    from thirdeye.journey.dense.validating import evaluate_dense

    ledger = Ledger(place)
    dataset = read_study_dataset(place, None if data is None else Path(data))
    looks, cases = Looks(place, ledger), test_part_hash(dataset)
    looks.refuse_without_reason("test", cases, reason)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        evidence, table = evaluate_dense(place, dataset, tell=tell)
        model = place.sha256("model/model.json")
        evidence["test_looks"] = looks.count("test", cases, model_sha256=model, reason=reason)
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, table)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE]
    return Validated(place.folder, evidence)


def _excluded(dataset: Dataset) -> dict[str, int]:
    """Reason to number of images left out before."""
    reasons = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    return {str(why): int(n) for why, n in reasons.items()}
