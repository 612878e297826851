import numpy as np
import pandas as pd

from thirdeye.journey.clinical import clinical_columns, encode

OWN = ("case", "label", "site")


def _rows(n: int = 40) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case": [f"c{i}" for i in range(n)],
            "label": ["a", "b"] * (n // 2),
            "site": ["x", "y"] * (n // 2),
            "age": ["", "61"] * 10 + [str(40 + i) for i in range(n - 20)],
            "sex": ["M", "f ", "m", "F"] * (n // 4),
            "localization": ["back"] * (n - 8) + ["face"] * 6 + ["toe"] * 2,
            "dx_type": ["histo", "consensus"] * (n // 2),
            "age_noted": [""] * n,
        }
    )


def test_age_sex_and_place_are_found_and_nothing_else() -> None:
    columns = clinical_columns(_rows(), own=OWN)
    assert [column.name for column in columns] == ["age", "sex", "localization"]
    assert columns[1].levels == ("m", "f") or columns[1].levels == ("f", "m")
    assert columns[2].levels == ("back", "face")  # two toes are too few for a column


def test_missing_numbers_stand_at_the_median_and_say_so() -> None:
    rows = _rows()
    table = encode(clinical_columns(rows, own=OWN), rows)
    assert table is not None
    assert table.shape == (40, 2 + 2 + 2)
    assert table[0].tolist()[:2] == [float(np.median([61] * 10 + list(range(40, 60)))), 1]
    assert table[1].tolist()[:2] == [61, 0]
    assert set(table[:, 2] + table[:, 3]) == {1}


def test_new_cases_with_unknown_levels_and_without_a_column() -> None:
    columns = clinical_columns(_rows(), own=OWN)
    new = pd.DataFrame({"age": [30], "sex": ["diverse"], "localization": [None]})
    found = encode(columns, new)
    assert found is not None
    assert found.tolist() == [[30, 0, 0, 0, 0, 0]]
    assert encode(columns, new.drop(columns="sex")) is None
    assert encode((), new) is None
    assert clinical_columns(_rows()[["case", "label", "dx_type"]], own=OWN) == ()
