"""What measures, plan values, stages and operating points are called on paper, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from thirdeye.report.exploratory import MARK
from thirdeye.report.located.measures import LENGTHS, located_measure


@dataclass(frozen=True)
class Measure:
    """A measure as a person reads it.

    Args:
        title: its name in a table.
        percent: True when it is a proportion, shown as a percentage.
        meaning: one clause that says what it answers.
    """

    title: str
    percent: bool
    meaning: str


RANKING_MEASURES: dict[str, Measure] = {
    "auc_weighted": Measure("Weighted AUC", False, "one-vs-rest AUCs, each counting as often as its class"),
    "auc_micro": Measure("Micro AUC", False, "all pairs of a case and a class pooled"),
    "auc_hand_till": Measure("Hand and Till's M", False, "pairs of classes told apart, averaged"),
    "auc_pr_davis_goadrich": Measure(
        "Area under precision-recall", False, "interpolated; chance level is the prevalence"
    ),
    "partial_auc_specificity_90_100": Measure(
        "Partial AUC, specificity above 90%", False, "few false alarms only; at most 0.1"
    ),
    "partial_auc_specificity_90_100_mcclish": Measure(
        "Partial AUC, specificity above 90%, corrected", False, "by McClish: 0.5 is chance, 1 is perfect"
    ),
    "partial_auc_sensitivity_90_100": Measure(
        "Partial AUC, sensitivity above 90%", False, "few missed cases only; at most 0.1"
    ),
    "partial_auc_sensitivity_90_100_mcclish": Measure(
        "Partial AUC, sensitivity above 90%, corrected", False, "by McClish: 0.5 is chance, 1 is perfect"
    ),
}

CALL_MEASURES: dict[str, Measure] = {
    "lr_pos": Measure(
        "Likelihood ratio, positive", False, "an alarm multiplies the odds of the condition by it"
    ),
    "lr_neg": Measure(
        "Likelihood ratio, negative", False, "passing multiplies the odds of the condition by it"
    ),
    "dor": Measure("Diagnostic odds ratio", False, "odds of an alarm with the condition over those without"),
    "dor_haldane": Measure("Diagnostic odds ratio, Haldane", False, "0.5 added to every cell: one is empty"),
    "youden": Measure("Youden's index", False, "sensitivity + specificity - 1; 0 is chance"),
    "net_benefit": Measure("Net benefit", False, "cases found less weighted false alarms, per case"),
    "kappa": Measure("Cohen's kappa", False, "agreement of truth and call beyond chance"),
    "gwet_ac1": Measure("Gwet's AC1", False, "as kappa, not broken by a frequent class"),
    "linear_kappa": Measure("Linear kappa", False, "agreement of grades beyond chance"),
    "adjacent_agreement": Measure("At most one grade off", True, "share of cases"),
    "f1_micro": Measure("F1, micro", False, "all labels pooled"),
    "f1_macro": Measure("F1, macro", False, "averaged over the labels"),
    "sensitivity_micro": Measure(
        "Sensitivity, all labels pooled", True, "share of labels present that are called"
    ),
    "specificity_micro": Measure(
        "Specificity, all labels pooled", True, "share of labels absent that are passed"
    ),
    "ppv_micro": Measure(
        "Positive predictive value, all labels pooled", True, "share of called labels present"
    ),
    "hamming_loss": Measure("Wrong labels", True, "share of the labels of a case that are wrong"),
}

PROBABILITY_MEASURES: dict[str, Measure] = {
    "brier_scaled": Measure(
        "Scaled Brier score", False, "1 is perfect, 0 no better than the prevalence alone"
    ),
    "expected_over_observed": Measure("Expected over observed", False, "1 is ideal; above 1 is too high"),
    "ici": Measure("ICI", False, "mean distance of frequency and probability, without bins; 0 is perfect"),
    "e50": Measure("E50", False, "median of that distance"),
    "e90": Measure("E90", False, "its 90th percentile"),
    "emax": Measure("Emax", False, "its largest"),
    "ece_equal_width_10": Measure("Expected calibration error, equal width", False, "ten bins; 0 is perfect"),
    "ece_equal_mass_10": Measure("Expected calibration error, equal mass", False, "ten bins; 0 is perfect"),
    "ppv_at_prevalence": Measure("Positive predictive value", True, "at the prevalence given"),
    "npv_at_prevalence": Measure("Negative predictive value", True, "at the prevalence given"),
}

MEASURES: dict[str, Measure] = {
    "auc": Measure("AUC", False, "how often a case with the condition is ranked above one without it"),
    "auc_macro": Measure(
        "Macro AUC", False, "the AUC of each class against the rest, averaged over the classes"
    ),
    "average_precision": Measure(
        "Average precision", False, "area under the precision-recall curve; chance level is the prevalence"
    ),
    "sensitivity": Measure("Sensitivity", True, "share of cases with the condition that are flagged"),
    "specificity": Measure("Specificity", True, "share of cases without the condition that are passed"),
    "ppv": Measure("Positive predictive value", True, "share of flagged cases that have the condition"),
    "npv": Measure("Negative predictive value", True, "share of passed cases that are free of it"),
    "accuracy": Measure("Accuracy", True, "share of all cases that are right"),
    "turned_away": Measure("Turned away", True, "share of cases that get no opinion"),
    "noticed": Measure("Noticed", True, "share of changed images that get no opinion"),
    "set_coverage": Measure("Coverage", True, "share of cases whose set holds the true class"),
    "set_size": Measure("Classes in a set", False, "their mean number; fewer say more"),
    "copies_found": Measure("Copies found", True, "share of made copies that the limit finds"),
    "pairs_flagged": Measure("Pairs flagged", True, "share of pairs of different patients"),
    "deferred": Measure("Deferred", True, "share of the validation cases below the limit of a rule"),
    "workload": Measure("Left to the doctor", True, "share of cases that a rule of deferral hands over"),
    "errors_deferred": Measure("Wrong decisions caught", True, "share of them among the cases handed over"),
    "aurc": Measure("Area under risk-coverage", False, "mean share of wrong decisions; lower is better"),
    "aurc_difference": Measure("Difference in area under risk-coverage", False, "below 0 beats the simplest"),
    "balanced_accuracy": Measure("Balanced accuracy", True, "the sensitivity of each class, averaged"),
    "f1": Measure("F1", False, "harmonic mean of sensitivity and positive predictive value"),
    "mcc": Measure("Matthews correlation", False, "agreement of truth and decision, -1 to 1, 0 is chance"),
    "brier": Measure("Brier score", False, "mean squared error of the probability; 0 is perfect"),
    "calibration_intercept": Measure(
        "Calibration intercept", False, "0 when probabilities are neither too high nor too low on average"
    ),
    "calibration_slope": Measure(
        "Calibration slope", False, "1 when probabilities are neither too extreme nor too timid"
    ),
    "quadratic_kappa": Measure(
        "Quadratic kappa", False, "agreement of ordered grades beyond chance, larger errors counting more"
    ),
    "ece": Measure("Expected calibration error", False, "mean gap between probability and frequency"),
    "mean_absolute_error": Measure(
        "Mean grade error", False, "mean distance between predicted and true grade"
    ),
    "auc_at_cut": Measure("AUC at this cut", False, "grades at or above the cut against those below"),
    "prevalence": Measure("Prevalence", True, "share of cases with the condition"),
    "prevalence_difference": Measure("Difference in prevalence", True, "share here minus share there"),
    "auc_difference": Measure("Difference in AUC", False, "AUC here minus AUC there"),
    "auc_macro_difference": Measure("Difference in macro AUC", False, "macro AUC here minus there"),
    "standardised_difference": Measure(
        "Standardised difference", False, "difference of means over the standard deviation"
    ),
    "auc_domain": Measure("AUC of telling apart", False, "0.5 when external images look like the study's"),
    "observed_over_expected": Measure(
        "Observed over expected", False, "events over the sum of probabilities; 1 is ideal"
    ),
    "calibration_in_the_large": Measure(
        "Calibration in the large", True, "share of events minus mean probability; 0 is ideal"
    ),
    "false_positive_rate": Measure("False-positive rate", True, "share of cases without it that are flagged"),
    "selection_rate": Measure("Selection rate", True, "share of all cases that are flagged"),
    "auc_seed_interval": Measure("AUC, cases and seeds", False, "of another training on other such cases"),
    "auc_macro_seed_interval": Measure(
        "Macro AUC, cases and seeds", False, "of another training on other such cases"
    ),
    **RANKING_MEASURES,
    **CALL_MEASURES,
    **PROBABILITY_MEASURES,
    "log_loss": Measure("Log loss", False, "penalty on confident errors; 0 is perfect"),
}

OPERATING_POINTS: dict[str, tuple[str, str]] = {
    "youden": ("Balanced point", "highest sum of sensitivity and specificity (Youden)"),
    "sensitivity_95": ("Sensitive point", "highest specificity at a sensitivity of at least 95%"),
    "specificity_95": ("Specific point", "highest sensitivity at a specificity of at least 95%"),
    "probability_0.5": ("Probability 0.5", "more likely than not"),
    "fp_per_image_1_4": ("One false alarm in four images", "lowest threshold with no more in validation"),
    "fp_per_image_1": ("One false alarm per image", "lowest threshold with no more in validation"),
    "fp_per_image_4": ("Four false alarms per image", "lowest threshold with no more in validation"),
}

THRESHOLD_ORIGINS: dict[str, str] = {
    "tuned_on_validation": "fixed on validation data, before the test part was seen",
    "prespecified": "fixed beforehand",
    "chosen_on_test": "chosen on the test part itself: exploratory, too favourable",
}

PLAN_FIELDS: dict[str, str] = {
    "task": "Kind of decision",
    "classes": "Classes",
    "positive": "Counts as positive",
    "validation": "Validation scheme",
    "folds": "Networks trained (folds)",
    "image_size_px": "Image side seen by the network (pixels)",
    "resize": "Fitting into the square",
    "intensity": "Grey scale",
    "preparation": "Further steps of preparation",
    "quality": "Test pictures made poorer",
    "architecture": "Network",
    "weights": "Starting weights",
    "augmentation": "Random variation while training",
    "epochs": "Passes over the data (epochs)",
    "batch_size": "Images per step",
    "learning_rate": "Learning rate of the head",
    "backbone_rate": "Learning rate of the backbone, relative",
    "weight_decay": "Weight decay",
    "label_smoothing": "Label smoothing",
    "mixup": "Mixing of image pairs (mixup)",
    "class_weighting": "Rare classes",
    "precision": "Arithmetic",
    "averaging": "Averaging of weights over steps",
    "test_time_augmentation": "Views averaged when reading",
    "calibration": "Calibration methods compared",
    "optimiser": "Optimiser",
    "schedule": "How the learning rate moves",
    "fusion": "Ways to decide a case of several images",
    "variables": "Clinical variables beside the image",
    "taxonomy": "Kinds that classes are summed up into",
    "head": "Last layer of each network",
    "joining": "How clinical variables stand beside the image",
    "learns": "What is learnt of a taxonomy",
    "networks": "Further networks",
    "copies": "Copies of each network",
    "joined": "How networks decide together",
    "stopping": "When training stops early",
    "points": "Further operating points",
    "tie_break": "Who decides where networks disagree",
    "unlearnt": "Left out of training",
    "first_layer": "How the first layer starts",
    "feature_sets": "Feature sets compared",
    "budget_s": "Time allowed",
    "seed": "Random seed",
}

STAGES: dict[str, str] = {
    "frozen_features": "Frozen features and a linear head",
    "fine_tuning": "Fine-tuning",
    "joined": "Several networks",
    "ensemble": "Ensemble",
    "test_time_augmentation": "Mirrored views when reading",
}

METHODS: dict[str, str] = {
    "cases_and_seeds": "variances of cases and seeds together",
    "parametric_bootstrap_of_the_power_law": "resampled power law",
    "chi_square": "chi-square",
    "wilson": "Wilson",
    "cluster_ratio": "ratio estimator, clustered by patient",
    "bland_altman_1999": "Bland and Altman 1999",
    "f_mcgraw_wong_1996": "McGraw and Wong 1996",
    "paired_bootstrap_by_cluster": "paired bootstrap by patient",
    "wilson_effective_sample_size": "Wilson, effective sample size by patient",
    "wilson_one_unit_per_cluster": "Wilson, patients as units",
    "clopper_pearson": "Clopper-Pearson",
    "delong": "DeLong",
    "obuchowski_1997": "Obuchowski, clustered by patient",
    "clustered_ratio_estimator": "ratio estimator, clustered by patient",
    "bootstrap_percentile_by_cluster": "bootstrap by patient",
    "bootstrap_percentile_by_cluster_widened": "bootstrap by patient, widened for few patients",
    "cluster_sandwich": "Wald, clustered by patient",
    "wald": "Wald",
    "tango": "Tango",
    "mcnemar_exact": "McNemar, exact",
    "mcnemar_midp": "McNemar, mid-p",
    "exact_disjoint_pairs": "exact bound",
    "delta_method_delong_components": "DeLong components, by patient",
    "delta_method_delong_components_paired_z": "DeLong components, paired, by patient",
    "delong_paired_z": "DeLong, paired",
    "obuchowski_1997_paired_z": "Obuchowski, paired, clustered by patient",
    "clustered_ratio_estimator_z": "ratio estimator, paired, clustered by patient",
    "log_simel_1991": "Simel, on the logarithm",
    "log_delta_clustered": "delta method on the logarithm, by patient",
    "log_woolf_haldane": "Woolf, after Haldane",
    "bayes_log_simel_1991": "Bayes, from the likelihood ratio",
    "bayes_log_delta_clustered": "Bayes, from the likelihood ratio, by patient",
    "bayes_clopper_pearson_bonferroni": "Bayes, from exact limits",
    "clopper_pearson_bonferroni": "exact limits of both rates",
    "wald_unpooled": "Wald",
    "delta_clustered": "delta method, by patient",
    "paired_mean_z": "mean difference, clustered by patient",
    "paired_mean_t": "paired t test, clustered by patient",
}

TASKS: dict[str, str] = {
    "binary": "yes or no",
    "multiclass": "one of several classes",
    "multilabel": "any number of several labels",
    "ordinal": "one of several ordered grades",
    "segmentation": "outlines of structures",
    "detection": "boxes around what is looked for",
    "landmarks": "points",
}

SPLITS: dict[str, str] = {
    "train": "Training",
    "validation": "Validation",
    "test": "Test",
    "excluded": "Excluded",
}


def measure(name: str) -> Measure:
    """The measure called `name`; an unknown one is shown under its own name as a plain number."""
    base = _base(name.removesuffix("_difference"))
    if base is not None and name.endswith("_difference"):
        return Measure(f"Difference in {base.title}", base.percent, "network minus the other")
    return base or Measure(name.replace("_", " ").capitalize(), False, "")


def title_in(name: str, unit: object) -> str:
    """Title of a measure, with the unit of lengths behind one that is a length and does not say its unit.

    Args:
        name: of the measure.
        unit: "mm" or "px", as the set of the evidence has it; anything empty leaves it out.
    """
    title = measure(name).title
    return f"{title} ({unit})" if unit and name in LENGTHS else title


def _base(name: str) -> Measure | None:
    located = located_measure(name)
    return Measure(*located) if located and name not in MEASURES else MEASURES.get(name)


def operating_point_title(name: str) -> str:
    """What an operating point is called on paper; one chosen on the test part is exploratory."""
    if name.endswith(MARK):
        return f"{operating_point_title(name.removesuffix(MARK))} (exploratory)"
    return OPERATING_POINTS.get(name, (name.replace("_", " ").capitalize(), ""))[0]


def stage_title(name: str) -> str:
    """What a stage of training is called on paper."""
    return STAGES.get(name, name.replace("_", " ").capitalize())


def method_title(name: str | None, cluster: str = "patient") -> str:
    """What the method of an interval or a test is called on paper; rows are clustered by `cluster`."""
    title = METHODS.get(str(name or ""), str(name or "").replace("_", " "))
    return title.replace("patient", cluster)
