from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.intake.filename_patients import patients_by_expression, recognise_patients
from thirdeye.intake.folder_patients import patients_by_folder


@pytest.mark.parametrize(
    ("names", "patients"),
    [
        (
            ["person1_bacteria_2.jpeg", "person1_virus_3.jpeg", "person12_virus_9.jpeg"],
            ("person1", "person1", "person12"),
        ),
        (
            ["x/patient003_img1.png", "x/patient003_img2.png", "y/patient004_1.png"],
            ("patient003", "patient003", "patient004"),
        ),
        (["P012-1.png", "P012-2.png", "P013-1.png"], ("p012", "p012", "p013")),
        (["sub-01_a.png", "sub-01_b.png", "sub-02_a.png"], ("sub01", "sub01", "sub02")),
        (["Patient_7 a.png", "Patient 7 b.png", "Patient-8.png"], ("patient7", "patient7", "patient8")),
    ],
)
def test_clear_patterns(names: list[str], patients: tuple[str, ...]) -> None:
    found = recognise_patients(names, ["a"] * len(names))
    assert found.patients == patients
    assert found.is_complete


@pytest.mark.parametrize(
    "names",
    [
        ["1.png", "2.png"],
        ["ISIC_0031.jpg", "ISIC_0032.jpg"],
        ["support12_a.png", "support12_b.png"],
        ["patient1.png", "patient2.png"],
    ],
)
def test_numbers_that_only_count_are_not_patients(names: list[str]) -> None:
    assert recognise_patients(names, ["a"] * len(names)) is None


def test_a_part_of_the_names_is_enough_to_group_but_not_to_know() -> None:
    found = recognise_patients(["person1_1.png", "person1_2.png", "IM-3.png"], ["p", "p", "n"])
    assert found.patients == ("person1", "person1", "")
    assert not found.is_complete


def test_expression_of_the_user() -> None:
    assert patients_by_expression(["a/K7_1.png", "b/K8_1.png"], r"/(K\d+)_").patients == ("K7", "K8")
    with pytest.raises(UsageError, match="one group"):
        patients_by_expression(["a"], "K7")
    with pytest.raises(UsageError, match="not a regular expression"):
        patients_by_expression(["a"], "(")
    with pytest.raises(UsageError, match="1 of 2 paths"):
        patients_by_expression(["K7", "x"], r"(K\d)")


def test_folders_between_class_and_file() -> None:
    images = [
        f"{label}/{label[0]}{patient}/{n}.png"
        for label in ("ill", "ok")
        for patient in range(3)
        for n in range(2)
    ]
    labels = [image.split("/")[0] for image in images]
    assert patients_by_folder(images, labels) == tuple(image.split("/")[1] for image in images)


@pytest.mark.parametrize("inner", [["40X", "100X", "200X", "400X"], ["images"], ["left", "right"]])
def test_folders_that_are_no_patients(inner: list[str]) -> None:
    images = [f"{label}/{folder}/{n}.png" for label in ("ill", "ok") for folder in inner for n in range(3)]
    assert patients_by_folder(images, [image.split("/")[0] for image in images]) is None
