"""What a column beside the picture is about: how it was taken, who the patient is, or the label once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.columns import candidates
from thirdeye.intake.reading import CORE_COLUMNS
from thirdeye.intake.words import tokens, word_set

Role = Literal["acquisition", "clinical", "proof", "same", "other", "none"]

_ACQUISITION = word_set(
    """
    site hospital center centre institution institute clinic facility device scanner manufacturer vendor
    machine camera detector modality view projection protocol sequence coil kvp kv mas exposure tesla
    field fieldstrength magnetic spacing resolution width height rows columns orig size aspect bits dpi format
    extension compression quality dataset database source origin provenance collection batch cohort date year
    month acquired acquisition photometric software gain laterality operator technician room contrast tr te
    """
)
_CLINICAL = word_set(
    """
    age sex gender bmi weight race ethnicity ethnic smoking smoker localization localisation location anatom
    anatomical anatomic body skin phototype fitzpatrick history symptom symptoms menopause menopausal
    hand handedness educ education ses diabetes hypertension pressure density geschlecht alter edad sexo sexe
    stature bodyheight
    """
)
_OF_DISEASE = word_set("tumor tumour nodule polyp mass birth diagnosis death followup survival")
_PROOF = word_set(
    """
    proof proven confirm confirmed confirmation verified verification provenance_of_label histology biopsy
    """
)
_PROOF_NAMES = (
    "label_source",
    "dx_type",
    "diagnosis_type",
    "reference_standard",
    "ground_truth_source",
    "source_of_label",
    "labelled_by",
    "labeled_by",
)
_ID = word_set(
    "id uid uuid identifier path file filename name number index accession url hash md5 sha256 unnamed"
)
_NEVER = ("study", "series", "split", "label", "image", "case", "patient", "mask", "image_id")
_LEAST_A_VALUE = 4  # images a value on average, before it can be the label in other words


def column_roles(rows: pd.DataFrame, membership: NDArray[np.bool_]) -> Mapping[str, Role]:
    """The part that each column plays beside image and label.

    ``"acquisition"``: how and where the picture was taken; ``"clinical"``: known of the patient before any
    picture; ``"proof"``: how the label was proven; ``"same"``: the label in other words; ``"other"``: further
    things; ``"none"``: names, numbers, splits and empty columns.

    Args:
        rows: (n rows) of a collection.
        membership: (n, k) classes of the rows.
    """
    labels = membership @ (1 << np.arange(min(62, membership.shape[1])))
    named_label = set(candidates(list(rows.columns), "label"))
    named_split = set(candidates([c for c in rows.columns if c not in CORE_COLUMNS], "split"))
    roles: dict[str, Role] = {}
    for column in rows.columns:
        if column in _NEVER or (column in CORE_COLUMNS and column != "site"):
            continue
        values = rows[column].astype(str)
        if values.nunique() > 1:
            roles[column] = _role(column, values, labels, named_label, named_split)
    return roles


def _role(
    column: str, values: pd.Series, labels: NDArray[np.int64], named_label: set[str], named_split: set[str]
) -> Role:
    words = set(tokens(column))
    if is_proof(column):
        return "proof"
    if column.startswith("annotator"):
        return "none"
    if words & _ID and not words & _CLINICAL:
        return "none"
    if words & {"patient", "subject", "lesion", "person", "participant"} and not words & _CLINICAL:
        return "none"
    if words & _CLINICAL or words == {"m", "f"}:
        return "clinical"
    if column in named_split and column != "dataset" and values.nunique() <= 10:
        return "none"
    if words & _ACQUISITION and not words & _OF_DISEASE:
        return "acquisition"
    if says_the_same(values, labels):
        return "same"
    if column in named_label:
        return "none"
    if values.nunique() > 0.5 * len(values) and not _is_number(values):
        return "none"
    return "other"


def is_proof(column: str) -> bool:
    """True for a column that says how the label was proven, by its name."""
    return column in _PROOF_NAMES or bool(set(tokens(column)) & _PROOF)


def says_the_same(values: pd.Series, labels: Sequence[int] | NDArray[np.int64]) -> bool:
    """True where each value (but the empty one) goes with one label only, and values repeat."""
    known = (values != "").to_numpy()
    if known.mean() < 0.5:
        return False
    table = pd.DataFrame({"value": values.to_numpy()[known], "label": np.asarray(labels)[known]})
    per_value = table.groupby("value")["label"].agg(["nunique", "size"])
    if len(per_value) < 2 or len(table) / len(per_value) < _LEAST_A_VALUE or table["label"].nunique() < 2:
        return False
    return bool((per_value["nunique"] == 1).all())


def _is_number(values: pd.Series) -> bool:
    known = values[values != ""]
    return bool(len(known)) and pd.to_numeric(known, errors="coerce").notna().mean() > 0.9
