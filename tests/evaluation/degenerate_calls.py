"""A valid call of every public measure, from which `test_degenerate` makes the degenerate ones.

`CALLS` names each measure as "module.function" with arguments that work. `PREPARED` names those whose
arguments are made by another public function that has checked them; they are no place for raw input.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation import inputs
from thirdeye.evaluation.acceptance import Margins
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.boxes import BoxCase
from thirdeye.evaluation.detection import Detection, match
from thirdeye.evaluation.froc import FrocMarks
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.evaluation.noninferiority import Margin
from thirdeye.evaluation.paired_predictive import paired_tables
from thirdeye.evaluation.readers.decisions import decisions_of
from thirdeye.evaluation.readers.marks import marks_of
from thirdeye.evaluation.readers.power import Pilot
from thirdeye.evaluation.readers.readings import readings_from_columns
from thirdeye.evaluation.threshold import Threshold

_rng = np.random.default_rng(7)
N = 40
LABELS = (np.arange(N) % 3 == 0).astype(int)
SCORES = np.round(_rng.normal(LABELS, 1.0), 2)
OTHER = np.round(_rng.normal(LABELS, 1.5), 2)
P = np.round(1 / (1 + np.exp(-SCORES)), 3)
CALLED = (P >= 0.5).astype(int)
CALLED_TOO = (OTHER >= 0.6).astype(int)
PATIENTS = np.arange(N) // 2
GRADES = np.arange(N) % 3
GRADED = np.where(_rng.random(N) < 0.7, GRADES, (GRADES + 1) % 3)
_soft = np.eye(3)[GRADED] + _rng.random((N, 3))
P3 = _soft / _soft.sum(axis=1, keepdims=True)
TIME = np.round(_rng.exponential(5, N), 2) + 0.1
EVENT = (np.arange(N) % 4 != 0).astype(int)
RATINGS = np.clip(GRADES[:, None] + _rng.integers(-1, 2, (N, 3)), 0, 2).astype(float)
COUNTS = np.stack([(k == RATINGS).sum(axis=1) for k in range(3)], axis=1)
TABLE = np.array([[20, 5], [4, 11]])
PENALTIES = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [4.0, 2.0, 0.0]])
MASK, MASK_TOO = np.zeros((9, 9), bool), np.zeros((9, 9), bool)
MASK[2:6, 2:6] = True
MASK_TOO[3:7, 2:6] = True
POINTS = _rng.random((12, 5, 2)) * 30
SPINE = np.array(
    [(x + y / 9, 20 * v + y) for v in range(5) for y in (0, 9) for x in (0, 30 + 4 * v % 3)], float
)
MARGIN_AUC, MARGIN_SE = (
    Margin(name, 0.05, 0.025, "2026-01-05", "agreed with the clinic") for name in ("auc", "sensitivity")
)
TESTS, READERS, CASES = (part.ravel() for part in np.indices((2, 3, N)))
TRUTHS = LABELS[CASES]
RATED = np.round(SCORES[CASES] + 0.5 * TESTS * TRUTHS + _rng.normal(0, 0.5, CASES.size), 2)
READINGS = readings_from_columns(test=TESTS, reader=READERS, case=CASES, truth=TRUTHS, rating=RATED)
PILOT = Pilot(0.0002, 0.0009, 0.0004, 0.0003, 0.0002, 100)
MARKS = marks_of(
    [1, 0, 2, 0, 1, 0], [[]] * 6, case=[0, 0, 1, 2, 3, 4], lesion=[0, None, None, 1, None, 0],
    rating=[3.0, 1.0, 2.0, 4.0, 1.0, 2.0],
)  # fmt: skip
FROC = FrocMarks(
    np.array([0, 2]), np.array([0.9, 0.4]), np.array([1, 1]), np.array([0.5, 0.2]), np.array([1, 0, 2])
)
BOXES = {"a": [[0, 0, 10, 10]], "b": [], "c": [[5, 5, 20, 20], [30, 30, 40, 40]]}
FOUND = [
    Detection("a", (0, 0, 10, 9), 0.9),
    Detection("c", (5, 5, 20, 19), 0.8),
    Detection("b", (1, 1, 2, 2), 0.3),
]
MATCHED = match(BOXES, FOUND, iou=0.5)
BOX_CASES = [
    BoxCase("a", [[0, 0, 10, 10]], [0], [[0, 0, 10, 9], [20, 20, 30, 30]], [0.9, 0.4], [0, 1]),
    BoxCase("b", [], [], [[1, 1, 2, 2]], [0.3], [0]),
    BoxCase("c", [[5, 5, 20, 20], [30, 30, 40, 40]], [0, 1], [[5, 5, 20, 19]], [0.8], [0]),
]
BOXES_FOUND = box_set(BOX_CASES, classes=("cell", "platelet"), clusters={"a": "p", "b": "p", "c": "q"})
BOX_POINTS = choose_box_points(BOXES_FOUND)
BOX_POINT = Threshold("here", 0.5, "prespecified")
DECIDED = decisions_of(np.stack([CALLED, CALLED_TOO, CALLED]), LABELS, CALLED_TOO)
PAIRED = paired_tables(LABELS, CALLED, CALLED_TOO)

BINARY = {"labels": LABELS, "scores": SCORES}
FORECAST = {"labels": LABELS, "probabilities": P}
SURVIVAL = {"time": TIME, "event": EVENT}
TWO_CLASSES: dict[str, Any] = {
    "labels": LABELS, "probabilities": np.stack([1 - P, P], axis=1), "classes": ("no", "yes"),
    "task": "binary", "positive": "yes", "clusters": PATIENTS,
}  # fmt: skip
PAIR_OF_MODELS = {
    **{key: value for key, value in TWO_CLASSES.items() if key != "probabilities"},
    "first": np.stack([1 - P, P], axis=1),
    "second": np.stack([P, 1 - P], axis=1),
}

CALLS: dict[str, dict[str, Any]] = {
    "acceptance.acceptance": {
        "labels": LABELS, "new": P, "old": np.round(1 / (1 + np.exp(-OTHER)), 3), "new_calls": CALLED,
        "old_calls": CALLED_TOO, "patients": PATIENTS, "margins": Margins(),
    },
    "agreement.disagreement": {"k": 3},
    "agreement.kappa_of_table": {"table": TABLE},
    "agreement.kappa_standard_error": {"table": TABLE},
    "agreement.kappa_null_error": {"table": TABLE},
    "agreement.gwet_ac1": {"table": TABLE},
    "agreement.kappa": {"one": GRADES, "other": GRADED, "k": 3, "n_resamples": 50},
    "auc.hanley_mcneil_variance": {"auc": 0.8, "n_pos": 20, "n_neg": 30},
    "auc.auc": {**BINARY, "clusters": PATIENTS},
    "auc.delong": {"positives": SCORES[LABELS == 1], "negatives": SCORES[LABELS == 0]},
    "auc.exact_bound": {"pairs": 20},
    "box_comparison.compare_boxes": {"first": BOXES_FOUND, "second": BOXES_FOUND, "n_resamples": 20},
    "box_evidence.box_evidence": {"boxes": BOXES_FOUND, "points": BOX_POINTS, "n_resamples": 20},
    "box_evidence.case_auc": {"boxes": BOXES_FOUND},
    "box_points.choose_box_points": {"boxes": BOXES_FOUND},
    "box_points.lesion_sensitivity": {"boxes": BOXES_FOUND, "point": BOX_POINT},
    "box_points.point_metrics": {"boxes": BOXES_FOUND, "point": BOX_POINT, "n_resamples": 20},
    "box_ranking.froc_curves": {"boxes": BOXES_FOUND, "n_resamples": 20},
    "box_ranking.ranking_metrics": {"boxes": BOXES_FOUND, "n_resamples": 20},
    "box_reader.reader_evidence": {
        "network": BOXES_FOUND, "reader": BOXES_FOUND, "point": BOX_POINT, "name": "x", "n_resamples": 20,
    },
    "box_set.box_set": {"cases": BOX_CASES, "classes": ("cell", "platelet"), "clusters": None},
    "box_tables.size_groups": {"boxes": BOXES_FOUND, "points": [BOX_POINT]},
    "boxes.match_boxes": {"cases": BOX_CASES, "n_classes": 2, "iou": 0.5},
    "bland_altman.limits_of_agreement": {"first": SCORES, "second": OTHER},
    "bootstrap.percentile_interval": {"draws": SCORES},
    "bootstrap.bca_interval": {"draws": SCORES, "value": 0.3, "jackknifed": OTHER},
    "calibration.calibration_metrics": {**FORECAST, "clusters": PATIENTS},
    "case_set.read_case_set": TWO_CLASSES,
    "clustered.clustered_mean": {"values": SCORES, "clusters": inputs.check_clusters(PATIENTS, N)},
    "compare.compare_models": {
        **{key: value for key, value in TWO_CLASSES.items() if key != "probabilities"},
        "first": np.stack([1 - P, P], axis=1), "second": np.stack([P, 1 - P], axis=1), "n_resamples": 50,
    },
    "compare.primary_difference": PAIR_OF_MODELS,
    "drift.calibration_drift": {**FORECAST, "order": np.arange(N), "window": 20},
    "importance.importance_metric": {
        **{key: value for key, value in TWO_CLASSES.items() if key != "probabilities"},
        "whole": np.stack([1 - P, P], axis=1), "shuffled": [np.stack([P, 1 - P], axis=1)] * 2,
    },
    "concordance.concordance": {**SURVIVAL, "risk": SCORES},
    "confusion.ratio": {"above": 1.0, "below": 2.0},
    "confusion.predictive_values": {"sensitivity": 0.9, "specificity": 0.8, "prevalence": 0.1},
    "confusion.two_by_two": {"labels": LABELS, "calls": CALLED},
    "confusion.confusion_matrix": {"labels": GRADES, "predicted": GRADED, "k": 3},
    "confusion.class_totals": {"labels": GRADES, "predicted": GRADED, "k": 3},
    "decision_curve.decision_curve": {**FORECAST, "thresholds": [0.1, 0.2, 0.5]},
    "decision_curve.survival_decision_curve": {**SURVIVAL, "risk": P, "thresholds": [0.1], "horizon": 4.0},
    "deferral.risk_coverage": FORECAST,
    "deferral.certainty": {"probabilities": P, "threshold": 0.3},
    "deferral.deferral_rules": {"probabilities": P, "threshold": 0.3},
    "deferral.performance_with_deferral": {
        **FORECAST, "person": CALLED_TOO, "threshold": 0.5, "defer_below": 0.7,
    },
    "detection.box_iou": {"one": np.array([[0.0, 0, 2, 2]]), "other": np.array([[1.0, 1, 3, 3]])},
    "detection.match": {"truth": BOXES, "detections": FOUND, "iou": 0.5},
    "detection.average_precision": {"matched": MATCHED, "n_resamples": 50},
    "detection.mean_average_precision": {"truth": BOXES, "detections": FOUND, "n_resamples": 20},
    "evidence.evaluate_set": {
        **TWO_CLASSES, "unit": "image", "operating_points": (), "excluded": None, "n_resamples": 50,
    },
    "fleiss.fleiss_kappa_of_counts": {"counts": COUNTS},
    "fleiss.fleiss_kappa": {"ratings": RATINGS, "k": 3, "n_resamples": 50},
    "froc.froc_curve": {"marks": FROC},
    "froc.froc_score": {"marks": FROC, "n_resamples": 50},
    "froc.threshold_for_false_positives": {"marks": FROC, "rate": 1.0},
    "gwet.gwet_of_counts": {"counts": COUNTS},
    "gwet.gwet_ac": {"ratings": RATINGS, "k": 3},
    "gwet.observed_agreement": {"counts": COUNTS},
    "hand_till.hand_till": {"labels": GRADES, "probabilities": P3, "k": 3},
    "hand_till.hand_till_single_score": {"labels": GRADES, "scores": SCORES, "k": 3},
    "hosmer_lemeshow.hosmer_lemeshow": {**FORECAST, "groups": 5, "fitted_here": False},
    "inputs.check_clusters": {"clusters": PATIENTS, "n": N},
    "inputs.check_binary": {"labels": LABELS},
    "inputs.check_scores": {"scores": SCORES, "n": N},
    "inputs.check_probabilities": {"probabilities": P, "n": N},
    "inputs.check_probability_matrix": {"probabilities": P3, "n": N, "k": 3, "sums_to_one": True},
    "inputs.check_class_indices": {"labels": GRADES, "k": 3},
    "inputs.check_names": {"what": "names", "names": PATIENTS},
    "inputs.check_numbers": {"what": "numbers", "values": SCORES},
    "inputs.check_squarable": {"what": "numbers", "values": SCORES},
    "intraclass.icc": {"ratings": RATINGS},
    "kaplan_meier.check_survival": SURVIVAL,
    "kaplan_meier.kaplan_meier": SURVIVAL,
    "kaplan_meier.censoring_curve": SURVIVAL,
    "kaplan_meier.log_rank": {**SURVIVAL, "group": CALLED},
    "krippendorff.krippendorff_alpha_of": {"ratings": RATINGS},
    "krippendorff.krippendorff_alpha": {"ratings": RATINGS, "n_resamples": 50},
    "cobb.cobb_angles": {"corners": SPINE, "height": 400},
    "derived_measurements.derive": {
        "definitions": (Definition("tilt", "angle_at_point", ("a", "b", "c")),), "names": ("a", "b", "c"),
        "points": POINTS[0, :3], "height": 30,
    },
    "measurement_agreement.agreement_metrics": {
        "reference": SCORES, "measured": OTHER, "name": "angle", "unit": "deg", "clusters": PATIENTS,
        "n_resamples": 50,
    },
    "measurement_agreement.cobb_smape": {
        "reference": RATINGS, "measured": RATINGS + 1, "name": "Cobb", "clusters": PATIENTS,
        "n_resamples": 50,
    },
    "measurement_definitions.read_definitions": {
        "content": {"measurements": [{"name": "w", "kind": "distance", "points": ["a", "b"]}]},
        "names": ("a", "b"), "source": "measurements.json",
    },
    "landmark_names.data_names": {
        "landmarks": {"sella": ["S"], "nasion": ["N"]}, "names": ("s", "Nasion"), "source": "table.json",
    },
    "measurement_types.read_types": {"given": [{"name": "low", "below": 3}, {"name": "high"}], "where": "m"},
    "landmarks.point_metrics": {"distances": SCORES**2, "clusters": PATIENTS},
    "landmarks.landmark_distances": {"reference": POINTS, "predicted": POINTS + 1, "spacing": (0.5, 0.5)},
    "landmarks.landmark_metrics": {"distances": np.linalg.norm(POINTS, axis=2)},
    "logistic.logit": {"probabilities": P},
    "measures.ranking_measures": {**BINARY, "clusters": PATIENTS, "n_resamples": 20},
    "measures.call_measures": {"labels": LABELS, "called": CALLED, "clusters": PATIENTS, "n_resamples": 20},
    "measures.probability_measures": {**FORECAST, "clusters": PATIENTS, "n_resamples": 20},
    "measures.class_measures": {"labels": GRADES, "probabilities": P3, "k": 3, "clusters": PATIENTS},
    "mcnemar.mcnemar": {"b": 5, "c": 9},
    "mcnemar.tango_z": {"b": 5, "c": 9, "n": 40, "difference": 0.1},
    "mcnemar.tango_interval": {"b": 5, "c": 9, "n": 40},
    "multiclass.one_hot": {"labels": GRADES, "k": 3},
    "multiplicity.adjusted": {"p_values": [0.01, 0.2, 0.04], "method": "holm"},
    "multiplicity.gatekeeping": {"p_values": [0.01, 0.2]},
    "noninferiority.noninferior_auc": {
        "labels": LABELS, "new": SCORES, "reference": OTHER, "margin": MARGIN_AUC,
        "agreed_sha256": MARGIN_AUC.sha256, "clusters": PATIENTS,
    },
    "noninferiority.noninferior_proportion": {
        "new_only": 5, "reference_only": 4, "n": 60, "margin": MARGIN_SE, "agreed_sha256": MARGIN_SE.sha256,
    },
    "operating_point.youden_points": BINARY,
    "operating_point.closest_topleft_points": BINARY,
    "operating_point.specificity_at_sensitivity": {**BINARY, "at_least": 0.9},
    "operating_point.sensitivity_at_specificity": {**BINARY, "at_least": 0.9},
    "operating_point.choose_operating_points": {**FORECAST, "clusters": PATIENTS},
    "operating_point.f1_points": BINARY,
    "operating_point.further_points": {
        **FORECAST, "wanted": ("f1", "sensitivity:0.9", "specificity:0.9"), "clusters": PATIENTS,
    },
    "penalty.penalty_matrix": {"penalties": PENALTIES, "k": 3},
    "mask_scores.score_masks": {
        "case": "a", "reference": MASK.astype(np.uint8), "predicted": MASK_TOO.astype(np.uint8),
        "structures": ("cell",), "spacing": (1.0, 2.0),
    },
    "pixel_auc.pixel_counts": {"log_odds": SCORES, "marked": LABELS},
    "overlap.overlap": {"reference": MASK, "predicted": MASK_TOO},
    "overlap.check_masks": {"reference": MASK, "predicted": MASK_TOO},
    "overlap.check_spacing": {"spacing": (1.0, 2.0), "dimensions": 2},
    "paired.paired_auc": {"labels": LABELS, "first": SCORES, "second": OTHER, "clusters": PATIENTS},
    "paired.unpaired_auc": {"labels1": LABELS, "scores1": SCORES, "labels2": CALLED, "scores2": OTHER},
    "paired.paired_proportion": {"first": CALLED, "second": CALLED_TOO, "clusters": PATIENTS},
    "paired_predictive.paired_tables": {"truth": LABELS, "first": CALLED, "second": CALLED_TOO},
    "paired_predictive.weighted_score_test": {"tables": PAIRED, "positive": True},
    "paired_predictive.generalised_score_test": {"tables": PAIRED, "positive": True},
    "paired_predictive.relative_predictive_value": {"tables": PAIRED, "positive": True},
    "paired_predictive.likelihood_ratio_ratio": {"tables": PAIRED, "positive": True},
    "partial_auc.partial_auc": {**BINARY, "focus": "specificity", "low": 0.8, "high": 1.0},
    "precision_recall.precision_recall_curve": BINARY,
    "precision_recall.average_precision_value": BINARY,
    "precision_recall_area.area_davis_goadrich": BINARY,
    "precision_recall_area.area_integral": BINARY,
    "proper_scores.brier": {**FORECAST, "clusters": PATIENTS},
    "proper_scores.log_loss": {**FORECAST, "clusters": PATIENTS},
    "proportion.wilson": {"successes": 5, "n": 20},
    "proportion.wilson_cc": {"successes": 5, "n": 20},
    "proportion.clopper_pearson": {"successes": 5, "n": 20},
    "proportion.jeffreys": {"successes": 5, "n": 20},
    "proportion.agresti_coull": {"successes": 5, "n": 20},
    "proportion.wald": {"successes": 5, "n": 20},
    "proportion.proportion_interval": {"successes": 5, "n": 20, "method": "wilson"},
    "proportion.newcombe_difference": {"x1": 5, "n1": 20, "x2": 7, "n2": 25},
    "proportion.proportion": {"hits": CALLED, "name": "sensitivity", "clusters": PATIENTS},
    "rater_kappas.conger_kappa": {"ratings": RATINGS, "k": 3, "n_resamples": 20},
    "rater_kappas.brennan_prediger": {"ratings": RATINGS, "k": 3, "n_resamples": 20},
    "rater_kappas.fleiss_test": {"counts": COUNTS},
    "ratings.check_ratings": {"ratings": RATINGS},
    "ratings.category_counts": {"ratings": RATINGS, "k": 3},
    "ratings.check_counts": {"counts": COUNTS},
    "ratings.check_square_counts": {"table": TABLE},
    "ratings.check_whole": {"what": "counts", "values": COUNTS},
    "scalars.check_count": {"what": "cases", "value": 3},
    "scalars.check_number": {"what": "a rate", "value": 0.3},
    "scalars.check_share": {"what": "a share", "value": 0.3},
    "segmentation.mask_metrics": {"references": [MASK, MASK], "predictions": [MASK_TOO, MASK]},
    "shift.prevalence_difference": {"first": LABELS, "second": CALLED, "first_clusters": PATIENTS},
    "shift.standardised_difference": {"first": SCORES, "second": OTHER, "name": "difference"},
    "readers.decisions.decisions_of": {
        "called": np.stack([CALLED, CALLED_TOO]), "truth": LABELS, "machine": CALLED,
    },
    "readers.disagreement.disagreement": {"decisions": DECIDED},
    "readers.policies.policies": {"decisions": DECIDED, "probabilities": P},
    "readers.dbm.analyse_pseudovalues": {"readings": READINGS},
    "readers.marks.marks_of": {
        "lesion_counts": [1, 0, 2], "weights": [[], [], [0.4, 0.6]], "case": [0, 1, 2],
        "lesion": [0, None, 1], "rating": [3.0, 1.0, 2.0],
    },
    "readers.free_response.afroc": {"marks": MARKS, "weighted": True, "all_cases": False},
    "readers.free_response.inferred_auc": {"marks": MARKS},
    "readers.free_response.marked_share": {"marks": MARKS, "diseased": True},
    "readers.free_response.lesions_marked": {"marks": MARKS},
    "readers.free_response.false_marks_per_case": {"marks": MARKS, "all_cases": True},
    "readers.free_response.free_response_figure": {"name": "wAFROC"},
    "readers.lists.reading_lists": {"cases": ["a", "b", "c"], "readers": ["1", "2"], "design": "crossover"},
    "readers.merit.sensitivity_at": {"threshold": 1.0},
    "readers.merit.specificity_at": {"threshold": 1.0},
    "readers.merit.merit_called": {"name": "sensitivity", "threshold": 0.5},
    "readers.obuchowski_rockette.analyse": {"readings": READINGS},
    "readers.power.power_of": {"pilot": PILOT, "readers": 5, "cases": 100, "effect": 0.05},
    "readers.power.cases_needed": {"pilot": PILOT, "readers": 8, "effect": 0.06},
    "readers.readings.readings_from_columns": {
        "test": TESTS, "reader": READERS, "case": CASES, "truth": TRUTHS, "rating": RATED,
    },
    "readers.standalone.against_readers": {"readings": READINGS.of_test("0"), "network": "0"},
    "readers.switching.switching": {
        "truth": LABELS, "initial": CALLED, "machine": CALLED_TOO, "final": CALLED,
        "reader": np.arange(N) % 4, "case": np.arange(N) // 4,
    },
    "reliability.bin_probabilities": FORECAST,
    "reliability.calibration_error": FORECAST,
    "reliability.reliability_curve": {**FORECAST, "clusters": PATIENTS},
    "reliability.brier_decomposition": FORECAST,
    "reliability.spiegelhalter_z": FORECAST,
    "roc.count_scores": BINARY,
    "roc.placements": BINARY,
    "roc.roc_curve": BINARY,
    "sample_size.auc_achieved": {"auc": 0.8, "diseased": 30, "healthy": 60},
    "sample_size.mcnemar_achieved": {"first_only": 0.15, "second_only": 0.05, "pairs": 100},
    "sample_size.cases_for_auc": {"auc": 0.8},
    "sample_size.obuchowski_variance": {"auc": 0.8, "healthy_per_diseased": 2.0},
    "sample_size_paired.pilot_of": {"labels": LABELS, "first": SCORES, "second": OTHER},
    "sample_size.cases_for_precision": {
        "sensitivity": 0.9, "specificity": 0.8, "half_width": 0.05, "prevalence": 0.2,
    },
    "sample_size.cases_for_auc_interval": {"auc": 0.8, "half_width": 0.05},
    "sample_size.pairs_for_mcnemar": {"first_only": 0.1, "second_only": 0.2},
    "smooth_calibration.smooth_calibration": FORECAST,
    "subgroups.subgroup_evidence": {**TWO_CLASSES, "columns": {"sex": np.array(["f", "m"])[LABELS]}},
    "within_site.within_site_evidence": {**TWO_CLASSES, "columns": {"site": np.arange(N) % 2}},
    "surface_distance.surface_distances": {"reference": MASK, "predicted": MASK_TOO},
    "surface_elements.surface_elements": {"reference": MASK, "predicted": MASK_TOO},
    "surface_distance.worst_distance": {"shape": (9, 9)},
    "survival_scores.time_dependent_auc": {**SURVIVAL, "risk": SCORES, "horizon": 4.0},
    "survival_scores.brier_survival": {**SURVIVAL, "risk": P, "horizon": 4.0},
    "certainty.wrong_decisions": {
        "labels": GRADES, "probabilities": P3, "task": "multiclass", "threshold": None,
    },
    "conformal.fit_sets": {"labels": GRADES, "probabilities": P3, "clusters": PATIENTS},
    "conformal_coverage.coverage_metric": {
        "covered": CALLED, "clusters": PATIENTS, "coverage": 0.9, "n_calibration": 50,
    },
    "conformal_scores.score_of": {"name": "lac", "probabilities": P3},
    "deferral_effect.effect_of_deferral": {"left": CALLED, "losses": CALLED_TOO},
    "risk_coverage.compare_certainties": {
        "losses": CALLED, "certainties": {"first": P, "second": 1 - P}, "clusters": PATIENTS,
        "n_resamples": 50,
    },
    "risk_coverage.risk_curve": {"losses": CALLED, "certainty": P},
    "retrieval.rank": {"similarity": P3, "relevant": P3 > 0.4, "own": P3 > 2.0},
}  # fmt: skip

# A bare float or array whose NaN is documented to mean "undefined", and a gap that came in and stays a gap.
NAN_IS_UNDEFINED = (
    "readers.decisions.decisions_of",
    "retrieval.rank",
    "box_set.box_set",
    "boxes.match_boxes",
    "inputs.check_names",
    "inputs.check_numbers",
    "agreement.gwet_ac1",
    "agreement.kappa_of_table",
    "agreement.kappa_null_error",
    "agreement.kappa_standard_error",
    "confusion.ratio",
    "gwet.gwet_of_counts",
    "hosmer_lemeshow.hosmer_lemeshow",
    "krippendorff.krippendorff_alpha_of",
    "landmarks.landmark_distances",
    "precision_recall.average_precision_value",
    "precision_recall_area.area_davis_goadrich",
    "precision_recall_area.area_integral",
    "ratings.check_ratings",
    "readers.readings.readings_from_columns",
)
# Building blocks of the above: their raw columns have been checked by the function that calls them.
PREPARED = (
    "audits.envelope.outside_envelope",
    "bootstrap_statistics.auc_statistic",
    "level_metrics.observed_over_expected",
    "paired_measures.compare_balanced_accuracy",
    "paired_measures.compare_rate",
    "penalty.penalty_score",
    "tie_break.tie_break_evidence",
    "power_law.fit_power_law",
    "ranked_resamples.ranked_statistic",
)
