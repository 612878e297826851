"""Which clinical variables may stand beside the image."""

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.fusion.variables import (
    offered,
    refuse_unfit,
    says_label,
    tells_almost_alone,
    variables_of,
)


def table(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ill = np.arange(n) % 2
    return pd.DataFrame({
        "image": [f"{i}.png" for i in range(n)], "case": [f"{i}.png" for i in range(n)],
        "patient": [f"p{i}" for i in range(n)], "label": np.where(ill, "ill", "well"), "split": "train",
        "Age": rng.integers(40, 90, n).astype(str), "M/F": np.where(rng.random(n) < 0.5, "M", "F"),
        "CDR": np.where(ill, np.where(rng.random(n) < 0.5, "1.0", "0.5"), "0.0"),
        "Educ": rng.integers(1, 6, n).astype(str), "age at diagnosis": (50 + 20 * ill).astype(str),
        "serial": [f"s{i}" for i in range(n)], "scan sex": "",
    })  # fmt: skip


def test_age_and_sex_are_taken_and_the_label_in_disguise_is_not() -> None:
    found = offered(table(), "image")
    assert found.taken == ("Age", "M/F")
    assert set(found.refused) == {"CDR", "Educ", "age at diagnosis"}
    assert "label in other words" in found.refused["CDR"]
    assert "label in other words" in found.refused["age at diagnosis"]
    assert "does not say" in found.refused["Educ"]


def test_one_that_tells_almost_alone_has_to_be_named() -> None:
    rows = table()
    score = np.where(rows["label"] == "ill", 80, 40) + np.random.default_rng(1).integers(0, 42, len(rows))
    rows["Age"] = score.astype(str)
    assert "almost by itself" in offered(rows, "image").refused["Age"]
    refuse_unfit(["Age"], rows, "image")
    assert tells_almost_alone(rows["Educ"], rows["label"]) is None


def test_a_text_as_common_in_each_class_tells_nothing() -> None:
    """As many women and men among the ill as among the well; the same of a hospital."""
    rows = table()
    rows["M/F"] = np.where(np.arange(len(rows)) // 2 % 2, "M", "F")
    assert rows.groupby("label")["M/F"].value_counts().nunique() == 1
    assert tells_almost_alone(rows["M/F"], rows["label"]) is None
    assert "M/F" in offered(rows, "image").taken


def test_a_text_that_tells_is_still_noticed() -> None:
    rows = table()
    ill = (rows["label"] == "ill").to_numpy()
    rows["device"] = np.where(np.arange(len(rows)) % 40 < 2, "both", np.where(ill, "new", "old"))
    assert (tells_almost_alone(rows["device"], rows["label"]) or 0) > 0.9


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CDR", "the label in other words"),
        ("MMSE", "no clinical variable 'MMSE'"),
        ("scan sex", "too little"),
    ],
)
def test_what_a_person_names_is_refused_with_the_reason(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        refuse_unfit([name], table(), "image")


def test_a_variable_of_the_image_is_none_of_the_case() -> None:
    rows = table()
    rows["case"] = [f"c{i // 4}" for i in range(len(rows))]
    rows["patient"] = rows["case"]
    with pytest.raises(UsageError, match="differs between the images of one case"):
        refuse_unfit(["Educ"], rows, "case")


def test_numbers_get_a_middle_and_text_its_levels() -> None:
    age, sex = variables_of(table(), ("Age", "M/F"))
    assert 55 < age.middle < 75
    assert set(sex.levels) == {"male", "female"}


def test_numbers_say_the_label_only_where_they_part_it() -> None:
    labels = pd.Series(["a", "a", "b", "b"] * 10)
    assert says_label(pd.Series([0, 0, 1, 1] * 10), labels)
    assert not says_label(pd.Series([0, 1, 0, 1] * 10), labels)
    assert not says_label(pd.Series([0, 0, 1, 0] * 10), labels)
    assert says_label(pd.Series(["x", "x", "y", "y"] * 10), labels)
    assert not says_label(pd.Series([f"id{i}" for i in range(40)]), labels)
