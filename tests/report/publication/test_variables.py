"""Which columns describe patients: not those that name them."""

from __future__ import annotations

import pandas as pd

from thirdeye.report.publication.variables import variables


def _table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"patient": [f"p{k // 2}" for k in range(20)], **columns})


def test_a_column_with_a_value_for_each_patient_names_them() -> None:
    table = _table(
        study=[f"study-{k // 2:08x}" for k in range(20)],
        series=[f"{k:08x}" for k in range(20)],
        complaint=["pain", "cough", "none at all", "fever"] * 5,
    )
    assert [one.column for one in variables(table)] == ["complaint"]


def test_numbers_and_devices_may_differ_for_each_patient() -> None:
    table = _table(weight_kg=[str(50 + k) for k in range(20)], scanner=[f"m{k // 2}" for k in range(20)])
    assert {(one.column, one.kind) for one in variables(table)} == {
        ("weight_kg", "number"),
        ("scanner", "category"),
    }


def test_few_patients_keep_their_few_levels() -> None:
    table = pd.DataFrame({"patient": ["a", "b", "c", "d"], "sex": ["F", "M", "F", "M"], "side": list("lrlr")})
    assert [one.column for one in variables(table)] == ["sex", "side"]
