"""Which images are of one case."""

import pandas as pd

from thirdeye.journey.fusion.cases import cases_of, of_whole_cases, same_views, unit_of


def rows(**columns: list[str]) -> pd.DataFrame:
    n = len(columns["label"])
    usual = {
        "image": [f"{i}.png" for i in range(n)], "case": [f"{i}.png" for i in range(n)],
        "patient": [f"p{i}" for i in range(n)], "split": ["train"] * n,
    }  # fmt: skip
    return pd.DataFrame({**usual, **columns})


def test_views_of_one_row_are_a_case() -> None:
    of = ["p", "p", "q", "q"]
    table = rows(label=list("aabb"), case=list("xxyy"), patient=of, view=["cor", "ax", "ax", "cor"])
    assert unit_of(table, "patient") == "case"
    cases = cases_of(table, "case")
    assert cases.of_image.tolist() == [0, 0, 1, 1]
    assert cases.first.tolist() == [0, 2]
    assert same_views(table, "case") == ("ax", "cor")
    assert same_views(table.assign(view=["ax", "ax", "ax", "cor"]), "case") == ()
    assert same_views(table.iloc[:3], "case") == ()


def test_photographs_of_one_lesion_are_a_case_and_those_of_one_patient_are_not() -> None:
    table = rows(label=["a", "a", "b"], patient=["l1", "l1", "l2"])
    assert unit_of(table, "lesion_id") == "lesion"
    assert unit_of(table, "patient_id") == "image"
    assert cases_of(table, "lesion").of_image.tolist() == [0, 0, 1]
    assert unit_of(rows(label=["a", "b"]), "lesion_id") == "image"


def test_two_labels_or_two_parts_are_no_case() -> None:
    table = rows(label=["a", "b", "b"], case=["x", "x", "y"])
    assert unit_of(table, "patient") == "image"
    table = rows(label=["a", "a", "b"], case=["x", "x", "y"], split=["train", "test", "train"])
    assert unit_of(table, "patient") == "image"
    assert unit_of(table.assign(split=["excluded", "test", "train"]), "patient") == "image"


def test_lesions_without_a_name_stand_alone() -> None:
    table = rows(label=["a", "a", "b", "b"], patient=["l", "l", "", ""])
    assert cases_of(table, "lesion").of_image.tolist() == [0, 0, 1, 2]


def test_columns_that_tell_images_of_a_case_apart_say_nothing_of_the_case() -> None:
    rows = pd.DataFrame({
        "image": list("abcd"), "case": list("1122"), "patient": list("ppqq"), "label": list("xxyy"),
        "view": ["cc", "mlo"] * 2, "sex": list("FFMM"), "age": [float("nan"), float("nan"), 5.0, 5.0],
    })  # fmt: skip
    kept = of_whole_cases(rows, cases_of(rows, "case"))
    assert list(kept.columns) == ["image", "case", "patient", "label", "sex", "age"]
