"""The three checklists: number, who can fill it, what is asked (in our words), the topics that answer it.

Tejani et al. 2024 (Radiol Artif Intell 6, e240300); Sounderajah et al. 2025 (Nat Med 31, 3283); Collins et
al. 2024 (BMJ 385, e078378). Authors complete the official instruments; these paraphrases help to fill them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

Fill = Literal["auto", "partial", "ask"]


@dataclass(frozen=True)
class Item:
    """One item: its number, who can fill it, what is asked, and the topics that answer it.

    `fill`: "auto" (a run can), "partial" (a run fills part, a person completes), "ask" (only a person knows).
    """

    number: str
    fill: Fill
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
1|ask|Title or abstract names the technique|title
2|partial|Structured abstract|abstract
3|ask|Background and role of the tool|background intended_use
4|ask|Aims and hypotheses|aims
5|ask|Prospective or retrospective|design
6|ask|Goal of the study|intended_use
7|partial|Sources of the data|data_source dataset
8|partial|Who was included and excluded|eligibility exclusions
9|auto|Preprocessing|preprocessing
10|partial|How subsets were chosen|eligibility exclusions
11|partial|De-identification|deidentification
12|partial|Missing data|missing_data
13|auto|How images were acquired|devices acquisition_protocol
14|ask|Reference standard|reference_standard
15|ask|Why this reference standard|reference_reason
16|partial|Who annotated|annotators label_source
17|partial|How the test part was annotated|annotation_procedure
18|partial|Variability between annotators, disputes|agreement disputes
19|auto|How cases were assigned to parts|partition
20|auto|Level at which parts are disjoint|disjoint
21|partial|Size of the test part, and why|achieved_width sample_size
22|auto|Architecture|architecture parameters
23|auto|Software|software
24|auto|Initialisation and transfer learning|pretraining
25|auto|Training, augmentation, hyperparameters|training augmentation
26|auto|How the final model was chosen|selection
27|auto|Ensembles|ensemble
28|partial|Measures of performance, and why|measures metric_reason
29|auto|Uncertainty and tests|uncertainty
30|partial|Robustness|robustness subgroups
31|partial|Explanations and their validation|explanations
32|auto|Internal test|results
33|partial|External test|external
34|ask|Registration|registration
35|auto|Numbers included and excluded, flow|dataset exclusions
36|auto|Characteristics of each part|characteristics
37|auto|Performance in each part and subgroup|results subgroups
38|auto|Accuracy with precision|results
39|partial|Failures|cross_table failures
40|ask|Limitations|limitations
41|ask|Implications|implications intended_use
42|ask|Protocol and further detail|protocol
43|partial|Availability of all|software_availability code_availability data_availability model_files
44|ask|Funding|funding
"""
_STARD = """
1|ask|Title or abstract names a study of diagnostic accuracy with AI|title
2|partial|Structured abstract|abstract
3|ask|Background, intended use, place in the workflow|background intended_use
4|ask|Objectives and hypotheses|aims
5|ask|Data collected before or after planning|design
6|ask|Ethics|ethics
7|partial|Eligibility of participants and of data|eligibility exclusions
8|ask|How participants were identified|identified
9|partial|Setting, place, dates|setting dates
10|ask|Consecutive, random or convenience series|series
11|partial|Source of the data and why they exist|data_source dataset
12|partial|Annotators, their experience, when and how|annotators annotation_procedure label_source
13|auto|Devices and software versions of the capture|devices
14|auto|Acquisition and preprocessing|acquisition_protocol preprocessing
15a|auto|The index test, so that it can be repeated|architecture training software
15b|auto|Development of the index test, parts and sizes|partition pretraining
15c|auto|Cut-offs, why, fixed beforehand or not|thresholds
15d|ask|Intended user|end_user
16a|ask|Reference standard, so that it can be repeated|reference_standard
16b|ask|Why this reference standard|reference_reason
16c|ask|Cut-offs of the reference standard|reference_cutoffs
17a|partial|What the index test's readers knew|index_blinding
17b|ask|What the reference standard's assessors knew|reference_blinding
18|auto|Methods of estimating and comparing accuracy|measures uncertainty comparison
19|auto|Indeterminate results|indeterminate
20|auto|Missing results|missing_data
21|partial|Analyses of variability|robustness subgroups
22|partial|Planned sample size|sample_size
23|auto|Analyses of error, bias and fairness|subgroups cross_table
24|auto|Flow of participants|dataset exclusions
25|auto|Characteristics of each part|characteristics
26a|partial|Severity in the diseased|spectrum
26b|partial|Other diagnoses in the rest|spectrum
27|partial|Time and interventions between tests|interval
28|partial|Do the data match the intended population|population_match
29|auto|How external data differ|external_difference
30|auto|Cross table of results|cross_table
31|auto|Accuracy with precision|results
32|ask|Adverse events|adverse_events
33|ask|Limitations|limitations
34|ask|Implications for practice|implications
35|ask|Ethics and fairness considered|fairness
36|ask|Registration|registration
37|ask|Protocol|protocol
38|ask|Funding|funding
39|ask|Commercial interests|conflicts
40a|partial|Availability of data and code|data_availability software_availability code_availability
40b|auto|Outputs stored and open to audit|model_files
"""
_TRIPOD = """
1|ask|Title: development or evaluation, population, outcome|title
2|partial|Abstract|abstract
3a|ask|Context, rationale, existing models|background
3b|ask|Target population, purpose, users|intended_use end_user
3c|ask|Known inequalities|inequalities
4|ask|Objectives|aims
5a|partial|Sources of data, and are they representative|data_source dataset population_match
5b|auto|Dates|dates
6a|partial|Setting, centres|setting
6b|partial|Eligibility|eligibility exclusions
6c|ask|Treatments|treatments
7|auto|Preprocessing and quality checks|preprocessing
8a|ask|Outcome, horizon, assessment|outcome
8b|ask|Who assessed the outcome|annotators
8c|ask|Blinding of the outcome|reference_blinding
9a|partial|Choice of predictors|predictors
9b|partial|Definition of predictors|predictors preprocessing
9c|ask|Who assessed predictors|predictors
10|partial|Study size|sample_size achieved_width
11|auto|Missing data|missing_data
12a|auto|How data were used and divided|partition disjoint
12b|auto|Handling of predictors|preprocessing
12c|auto|Type of model, building, tuning, internal validation|architecture training selection
12d|auto|Differences between centres|heterogeneity
12e|partial|Measures and plots, and why|measures metric_reason
12f|auto|Updating of the model|updating
12g|auto|How predictions were computed|output ensemble
13|auto|Imbalance of classes, recalibration|imbalance calibration
14|partial|Fairness|fairness subgroups
15|auto|Output and thresholds|output thresholds
16|auto|Development against evaluation data|external_difference characteristics
17|ask|Ethics|ethics
18a|ask|Funding|funding
18b|ask|Conflicts of interest|conflicts
18c|ask|Protocol|protocol
18d|ask|Registration|registration
18e|partial|Availability of data|data_availability
18f|auto|Availability of code|software_availability model_files
19|ask|Patients and public|involvement
20a|auto|Flow of participants|dataset exclusions
20b|auto|Characteristics, by source|characteristics
20c|auto|Predictors against development data|external_difference
21|auto|Participants and events in each analysis|dataset results
22|auto|The full model|model_files architecture
23a|auto|Performance with intervals, key subgroups|results subgroups
23b|auto|Differences between centres|heterogeneity
24|auto|Results of updating|updating
25|ask|Interpretation, fairness|fairness implications
26|ask|Limitations|limitations
27a|partial|Poor or missing input at use|indeterminate interaction
27b|ask|Interaction with the user|interaction end_user
27c|ask|Next steps|implications
"""


def _parsed(text: str) -> tuple[Item, ...]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Item(n, cast(Fill, fill), asked, tuple(topics.split())) for n, fill, asked, topics in rows)


CHECKLISTS = (
    Checklist(
        "claim_2024", "CLAIM 2024", "Tejani et al. 2024, Radiol Artif Intell 6, e240300", _parsed(_CLAIM)
    ),
    Checklist("stard_ai", "STARD-AI", "Sounderajah et al. 2025, Nat Med 31, 3283", _parsed(_STARD)),
    Checklist("tripod_ai", "TRIPOD+AI", "Collins et al. 2024, BMJ 385, e078378", _parsed(_TRIPOD)),
)
