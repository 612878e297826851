from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from thirdeye.intake.probe.roles import column_roles, says_the_same

LABELS = np.array(["a", "b"] * 40)
MEMBERSHIP = LABELS[:, None] == np.array(["a", "b"])


def role(name: str, values: object) -> str | None:
    return column_roles(pd.DataFrame({name: values}), MEMBERSHIP).get(name)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("orig_w", "acquisition"), ("Manufacturer", "acquisition"), ("hospital_code", "acquisition"),
        ("KVP", "acquisition"), ("dataset", "acquisition"), ("study_date", "acquisition"),
        ("Age", "clinical"), ("M/F", "clinical"), ("anatom_site_general", "clinical"),
        ("localization", "clinical"),
        ("dx_type", "proof"), ("label_source", "proof"), ("confirmed_by", "proof"),
        ("image_id", None), ("patient_id", "none"), ("annotator_1", "none"), ("fold", "none"),
        ("tumour_size", "other"), ("date_of_birth", "other"), ("haemoglobin", "other"),
        ("patient", None), ("label", None),
    ],
)  # fmt: skip
def test_parts_by_name(column: str, expected: str | None) -> None:
    assert role(column, [str(n // 3 % 5) for n in range(80)]) == expected


def test_the_label_in_other_words_and_a_site_that_tells_it() -> None:
    subtype = [f"{label}{n % 3}" for n, label in enumerate(LABELS)]
    assert role("subtype", subtype) == "same"
    assert role("site", subtype) == "acquisition"


def test_names_that_never_repeat_and_constant_columns_play_no_part() -> None:
    assert role("remark", [f"text {n}" for n in range(80)]) == "none"
    assert role("remark", ["x"] * 80) is None
    assert role("glucose", [str(n / 7) for n in range(80)]) == "other"


def test_saying_the_same_needs_values_that_repeat() -> None:
    assert says_the_same(pd.Series(LABELS), MEMBERSHIP[:, 0])
    assert not says_the_same(pd.Series([str(n) for n in range(80)]), MEMBERSHIP[:, 0])
    assert not says_the_same(pd.Series(["x", "y", "y", "x"] * 20), MEMBERSHIP[:, 0])
