"""What the checklists ask, each question once: several items of several lists rest on one topic."""

from __future__ import annotations

from dataclasses import dataclass

from thirdeye.intake.words import word_set


@dataclass(frozen=True)
class Topic:
    """One thing that a reader of a study wants to know.

    Args:
        name: stable name; the key in ``answers.json``.
        asked: the question as a person is asked it; "" where a run always knows it.
    """

    name: str
    asked: str


_ASKED = {
    "title": "Title of the paper: does it name the technique, the population and the measure of accuracy?",
    "abstract": "Where is the structured abstract (population, parts, design, statistics, results)?",
    "background": "What is known, what is done today, and which models exist already?",
    "intended_use": "What is the reader for, in which patients, and where in the course of care?",
    "end_user": "Who will use it, and what must they know to do so?",
    "aims": "Aims and hypotheses of the study: development, evaluation or both?",
    "design": "Were the data collected before (prospective) or after (retrospective) the study was planned?",
    "ethics": "Which committee approved the study, and was consent given or waived?",
    "eligibility": "Who was included and excluded, in the order in which it was applied?",
    "identified": "How were participants found (symptoms, earlier tests, registry)?",
    "setting": "Where were the data collected, in what setting, in how many centres?",
    "dates": "Over which period were the data collected and patients followed?",
    "series": "Was the series consecutive, random, or chosen for convenience?",
    "acquisition_protocol": "How were the images acquired (protocol, contrast, settings, software versions)?",
    "data_source": "Where do the data come from: routine care, collected for the study, or public?",
    "deidentification": "How were the data de-identified?",
    "reference_standard": "What is held to be the truth, and how was it established?",
    "reference_reason": "Why this reference standard, and what are its limits?",
    "reference_cutoffs": "Which cut-offs does the reference standard use, and were they fixed beforehand?",
    "annotators": "Who labelled the data, with what qualification and training?",
    "annotation_procedure": "How was the test part labelled: tool, instructions, rounds?",
    "disputes": "How were disagreements between those who labelled resolved?",
    "index_blinding": "What clinical information did the network, or readers of its result, have?",
    "reference_blinding": "Did those who established the truth know the result of the network?",
    "outcome": "The outcome: its definition, its horizon, and was it assessed alike in all groups?",
    "treatments": "Which treatments did patients receive between image and outcome?",
    "interval": "How much time, and which interventions, lay between image and reference standard?",
    "predictors": "Which predictors beside the image were considered, how defined, measured by whom?",
    "sample_size": "How was the number of cases chosen, and is it enough?",
    "metric_reason": "Why these measures of performance?",
    "robustness": "Which analyses of robustness or variability were planned beforehand?",
    "spectrum": "How severe is the disease in the diseased, and what do the others have instead?",
    "population_match": "Do these data match the people in whom the reader will be used?",
    "inequalities": "Which inequalities in care between groups are known?",
    "fairness": "What was done for fairness between groups, and how are differences read?",
    "failures": "What do the errors have in common, clinically?",
    "adverse_events": "Did the test or the reference standard harm anyone?",
    "limitations": "Limitations: bias, uncertainty, how far the result reaches",
    "implications": "What follows for practice, and what comes next?",
    "registration": "Registry and number",
    "protocol": "Where can the protocol be read?",
    "data_availability": "Who can get the data, and how?",
    "code_availability": "Who can get the code and the model, and how?",
    "funding": "Who paid, and what was their part?",
    "conflicts": "Commercial and other interests of the authors",
    "involvement": "How were patients and the public involved?",
    "interaction": "How does the user work with the reader, and what happens with poor or missing input?",
    "misuse": "What must the reader not be used for?",
    "risks": "Which harm can its use do, to whom, and what is done against it?",
    "model_contact": "Who answers for the model, and how can they be reached?",
    "model_licence": "Under which licence or terms may the model be used?",
    "data_purpose": "Who made the data set, and for what purpose?",
    "data_sensitive": "Do the data hold anything sensitive, and could a person be recognised from them?",
    "data_uses": "What else can the data be used for, and what must they not be used for?",
    "data_licence": "Under which licence or terms are the data given, and what may others restrict?",
    "data_maintenance": "Who keeps the data set, how are errors corrected, and how long is it kept?",
}
_KNOWN_TO_A_RUN = word_set(
    """
    dataset exclusions preprocessing partition disjoint architecture parameters pretraining software training
    augmentation selection ensemble imbalance calibration output thresholds indeterminate uncertainty measures
    results cross_table external subgroups characteristics agreement label_source devices explanations
    achieved_width model_files missing_data comparison software_availability external_difference updating
    heterogeneity
    """
)
TOPICS = {
    **{name: Topic(name, asked) for name, asked in _ASKED.items()},
    **{name: Topic(name, "") for name in sorted(_KNOWN_TO_A_RUN)},
}
