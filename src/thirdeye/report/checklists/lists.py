"""The three checklists: number, what is asked (in our words), and the topics that answer it.

Tejani et al. 2024 (Radiol Artif Intell 6, e240300); Sounderajah et al. 2025 (Nat Med 31, 3283); Collins et
al. 2024 (BMJ 385, e078378). Authors complete the official instruments; these paraphrases help to fill them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One item: its number, what is asked, and the topics that answer it."""

    number: str
    asked: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Checklist:
    """A published reporting guideline.

    Args:
        name: key in ``checklists.json``.
        title, source: for a person.
        items: in the guideline's order.
    """

    name: str
    title: str
    source: str
    items: tuple[Item, ...]


_CLAIM = """
1|Title or abstract names the technique|title
2|Structured abstract|abstract
3|Background and role of the tool|background intended_use
4|Aims and hypotheses|aims
5|Prospective or retrospective|design
6|Goal of the study|intended_use
7|Sources of the data|data_source dataset
8|Who was included and excluded|eligibility exclusions
9|Preprocessing|preprocessing
10|How subsets were chosen|eligibility exclusions
11|De-identification|deidentification
12|Missing data|missing_data
13|How images were acquired|devices acquisition_protocol
14|Reference standard|reference_standard label_source
15|Why this reference standard|reference_reason
16|Who annotated|annotators label_source
17|How the test part was annotated|annotation_procedure
18|Variability between annotators, disputes|agreement disputes
19|How cases were assigned to parts|partition
20|Level at which parts are disjoint|disjoint
21|Size of the test part, and why|achieved_width sample_size
22|Architecture|architecture parameters
23|Software|software
24|Initialisation and transfer learning|pretraining
25|Training, augmentation, hyperparameters|training augmentation
26|How the final model was chosen|selection
27|Ensembles|ensemble
28|Measures of performance, and why|measures metric_reason
29|Uncertainty and tests|uncertainty
30|Robustness|robustness subgroups
31|Explanations and their validation|explanations
32|Internal test|results
33|External test|external
34|Registration|registration
35|Numbers included and excluded, flow|dataset exclusions
36|Characteristics of each part|characteristics
37|Performance in each part and subgroup|results subgroups
38|Accuracy with precision|results
39|Failures|cross_table failures
40|Limitations|limitations
41|Implications|implications intended_use
42|Protocol and further detail|protocol
43|Availability of software, model, data|code_availability data_availability model_files
44|Funding|funding
"""
_STARD = """
1|Title or abstract names a study of diagnostic accuracy with AI|title
2|Structured abstract|abstract
3|Background, intended use, place in the workflow|background intended_use
4|Objectives and hypotheses|aims
5|Data collected before or after planning|design
6|Ethics|ethics
7|Eligibility of participants and of data|eligibility exclusions
8|How participants were identified|identified
9|Setting, place, dates|setting
10|Consecutive, random or convenience series|series
11|Source of the data and why they exist|data_source dataset
12|Annotators, their experience, when and how|annotators annotation_procedure label_source
13|Devices and software versions of the capture|devices
14|Acquisition and preprocessing|acquisition_protocol preprocessing
15a|The index test, so that it can be repeated|architecture training software
15b|Development of the index test, parts and sizes|partition pretraining
15c|Cut-offs, why, fixed beforehand or not|thresholds
15d|Intended user|end_user
16a|Reference standard, so that it can be repeated|reference_standard
16b|Why this reference standard|reference_reason
16c|Cut-offs of the reference standard|reference_cutoffs
17a|What the index test's readers knew|index_blinding
17b|What the reference standard's assessors knew|reference_blinding
18|Methods of estimating and comparing accuracy|measures uncertainty comparison
19|Indeterminate results|indeterminate
20|Missing results|missing_data
21|Analyses of variability|robustness subgroups
22|Planned sample size|sample_size
23|Analyses of error, bias and fairness|subgroups cross_table
24|Flow of participants|dataset exclusions
25|Characteristics of each part|characteristics
26a|Severity in the diseased|spectrum
26b|Other diagnoses in the rest|spectrum
27|Time and interventions between tests|interval
28|Do the data match the intended population|population_match
29|How external data differ|external
30|Cross table of results|cross_table
31|Accuracy with precision|results
32|Adverse events|adverse_events
33|Limitations|limitations
34|Implications for practice|implications
35|Ethics and fairness considered|fairness
36|Registration|registration
37|Protocol|protocol
38|Funding|funding
39|Commercial interests|conflicts
40a|Availability of data and code|data_availability code_availability
40b|Outputs stored and open to audit|model_files
"""
_TRIPOD = """
1|Title: development or evaluation, population, outcome|title
2|Abstract|abstract
3a|Context, rationale, existing models|background
3b|Target population, purpose, users|intended_use end_user
3c|Known inequalities|inequalities
4|Objectives|aims
5a|Sources of data, and are they representative|data_source dataset population_match
5b|Dates|setting
6a|Setting, centres|setting
6b|Eligibility|eligibility exclusions
6c|Treatments|treatments
7|Preprocessing and quality checks|preprocessing
8a|Outcome, horizon, assessment|outcome
8b|Who assessed the outcome|annotators
8c|Blinding of the outcome|reference_blinding
9a|Choice of predictors|predictors
9b|Definition of predictors|predictors preprocessing
9c|Who assessed predictors|predictors
10|Study size|sample_size achieved_width
11|Missing data|missing_data
12a|How data were used and divided|partition disjoint
12b|Handling of predictors|preprocessing
12c|Type of model, building, tuning, internal validation|architecture training selection
12d|Differences between centres|subgroups
12e|Measures and plots, and why|measures metric_reason
12f|Updating of the model|calibration
12g|How predictions were computed|output ensemble
13|Imbalance of classes, recalibration|imbalance calibration
14|Fairness|fairness subgroups
15|Output and thresholds|output thresholds
16|Development against evaluation data|external characteristics
17|Ethics|ethics
18a|Funding|funding
18b|Conflicts of interest|conflicts
18c|Protocol|protocol
18d|Registration|registration
18e|Availability of data|data_availability
18f|Availability of code|code_availability model_files
19|Patients and public|involvement
20a|Flow of participants|dataset exclusions
20b|Characteristics, by source|characteristics
20c|Predictors against development data|external
21|Participants and events in each analysis|dataset results
22|The full model|model_files architecture
23a|Performance with intervals, key subgroups|results subgroups
23b|Differences between centres|subgroups
24|Results of updating|calibration
25|Interpretation, fairness|fairness implications
26|Limitations|limitations
27a|Poor or missing input at use|indeterminate interaction
27b|Interaction with the user|interaction end_user
27c|Next steps|implications
"""


def _parsed(text: str) -> tuple[Item, ...]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Item(number, asked, tuple(topics.split())) for number, asked, topics in rows)


CHECKLISTS = (
    Checklist(
        "claim_2024", "CLAIM 2024", "Tejani et al. 2024, Radiol Artif Intell 6, e240300", _parsed(_CLAIM)
    ),
    Checklist("stard_ai", "STARD-AI", "Sounderajah et al. 2025, Nat Med 31, 3283", _parsed(_STARD)),
    Checklist("tripod_ai", "TRIPOD+AI", "Collins et al. 2024, BMJ 385, e078378", _parsed(_TRIPOD)),
)
