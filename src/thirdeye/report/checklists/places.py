"""Where in the report each topic is answered: anchors of its sections."""

from __future__ import annotations

from thirdeye.intake.words import word_set

_PLACES = {
    "data": """
        dataset exclusions partition disjoint imbalance characteristics devices missing_data label_source
        agreement acquisition_protocol setting dates population_match data_availability sample_size spectrum
    """,
    "method": """
        preprocessing architecture parameters pretraining training augmentation ensemble calibration output
        thresholds indeterminate predictors index_blinding
    """,
    "stages": "selection",
    "results": "uncertainty measures results cross_table achieved_width abstract",
    "results-validation": "results",
    "subgroups": "subgroups heterogeneity fairness",
    "versus": "comparison",
    "robustness": "robustness",
    "examples": "explanations",
    "limits": "external external_difference updating limitations",
    "cite": "software_availability code_availability",
    "provenance": "software model_files",
}
PLACES: dict[str, tuple[str, ...]] = {
    topic: tuple(anchor for anchor, topics in _PLACES.items() if topic in word_set(topics))
    for topic in sorted(word_set(" ".join(_PLACES.values())))
}
