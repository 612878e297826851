from __future__ import annotations

import pytest

from thirdeye.intake.vocabulary import meaning, recognise_positive


@pytest.mark.parametrize(
    ("classes", "positive"),
    [
        (("benign", "malignant"), "malignant"),
        (("normal", "pneumonia"), "pneumonia"),
        (("no", "yes"), "yes"),
        (("NORMAL", "PNEUMONIA"), "PNEUMONIA"),
        (("no_tumor", "tumor"), "tumor"),
        (("NoTumor", "Tumor"), "Tumor"),
        (("abnormal", "normal"), "abnormal"),
        (("not normal", "normal"), "not normal"),
        (("benign tumour", "malignant tumour"), "malignant tumour"),
        (("Healthy", "Diabetic retinopathy"), "Diabetic retinopathy"),
        (("control", "AD"), "AD"),
        (("COVID-19", "other"), "COVID-19"),
        (("sain", "malade"), "malade"),
        (("bénin", "malin"), "malin"),
        (("sans lésion", "avec lésion"), "avec lésion"),
        (("gesund", "krank"), "krank"),
        (("sano", "enfermo"), "enfermo"),
        (("normal, benign", "malignant"), "malignant"),
        (("Parasitized", "Uninfected"), "Parasitized"),
        (("mel", "nv"), "mel"),
        (("positive", "negative"), "positive"),
        (("false", "true"), "true"),
    ],
)
def test_words_tell_the_disease_in_either_order(classes: tuple[str, str], positive: str) -> None:
    for pair in (classes, classes[::-1]):
        found = recognise_positive(pair, "label")
        assert found is not None
        assert found.name == positive


@pytest.mark.parametrize(
    "classes",
    [("cat", "dog"), ("a", "b"), ("benign", "normal"), ("pneumonia", "covid"), ("left", "right"), ("1", "2")],
)
def test_silence_where_words_do_not_tell(classes: tuple[str, str]) -> None:
    assert recognise_positive(classes, "label") is None


def test_numbers_depend_on_the_name_of_their_column() -> None:
    assert recognise_positive(("0", "1"), "malignant").name == "1"
    assert recognise_positive(("0", "1"), "benign").name == "0"
    bare = recognise_positive(("0.0", "1.0"), "label")
    assert bare.name == "1.0"
    assert not bare.is_certain


def test_meaning_of_single_names() -> None:
    assert meaning("No finding") == "negative"
    assert meaning("no") == "negative"
    assert meaning("without pneumonia") == "negative"
    assert meaning("hernia") == "unknown"
