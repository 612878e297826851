"""Agreement between annotators, told as the ceiling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.evaluation.gwet import gwet_ac
from thirdeye.evaluation.intraclass import icc
from thirdeye.intake.agreement_labels import agreement_by_class, label_agreement
from thirdeye.intake.agreement_masks import compare_masks, mask_agreement
from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection


def found_in(folder: Path) -> list[Finding]:
    collection = open_collection(folder)
    images = list(collection.rows["image"])
    facts = pd.DataFrame({"image": images, "error": ""}).set_index("image")
    exhibits = Exhibits(collection, facts, np.zeros((len(images), 64, 64), np.uint8), pd.DataFrame())
    return list(CHECKS.get("labels.agreement").run(exhibits))


def readings(table: list[list[str]]) -> pd.DataFrame:
    rows = [(f"c{i}", f"r{j}", label) for i, row in enumerate(table) for j, label in enumerate(row) if label]
    return pd.DataFrame(rows, columns=["case", "annotator", "label"])


def test_two_annotators_of_grades() -> None:
    rng = np.random.default_rng(0)
    one = rng.integers(0, 4, 40)
    other = np.clip(one + rng.integers(-1, 2, 40), 0, 3)
    names = ["none", "mild", "moderate", "severe"]
    found = label_agreement(
        readings([[names[a], names[b]] for a, b in zip(one, other, strict=True)]), classes=names, ordered=True
    )
    assert found is not None
    assert [metric.name for metric in found.metrics] == [
        "quadratic_kappa", "kappa", "krippendorff_alpha_ordinal", "gwet_ac1", "gwet_ac2_quadratic",
    ]  # fmt: skip
    assert found.agreed == pytest.approx((one == other).mean())
    assert len(found.disputed) == int((one != other).sum())
    expected = gwet_ac(np.column_stack([one, other]), k=4, weights="quadratic").value
    assert found.metrics[-1].value == pytest.approx(expected)


def test_three_annotators_and_gaps() -> None:
    full = [["a", "a", "a"], ["b", "b", "a"], ["b", "b", "b"], ["a", "a", "a"]] * 4
    found = label_agreement(readings(full), classes=["a", "b"], ordered=False)
    assert found is not None
    assert found.metrics[0].name == "fleiss_kappa"
    gaps = label_agreement(
        readings([*full, ["a", "", ""], ["", "b", "b"]]), classes=["a", "b"], ordered=False
    )
    assert gaps is not None
    assert [metric.name for metric in gaps.metrics] == ["krippendorff_alpha_nominal", "gwet_ac1"]
    assert len(gaps.cases) == 17


def test_measurements_get_an_intraclass_correlation() -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(50, 9, 40)[:, None] + rng.normal(0, 3, (40, 2))
    cells = [[f"{value:.3f}" for value in row] for row in table]
    found = label_agreement(readings(cells), classes=[], ordered=False)
    assert found is not None
    assert [metric.name for metric in found.metrics] == ["icc_2_1", "icc_3_1", "krippendorff_alpha_interval"]
    assert found.metrics[0].value == pytest.approx(icc(table.round(3)).value)


def test_one_annotator_has_no_agreement() -> None:
    assert label_agreement(readings([["a"], ["b"]]), classes=["a", "b"], ordered=False) is None


def test_the_check_names_the_disputed(table_folder: Callable[..., Path]) -> None:
    first = ["no", "yes"] * 10
    second = [*first[:-1], "no"]
    folder = table_folder(patient=list("abcdefghijklmnopqrst"), label=first, reader_1=first, reader_2=second)
    (found,) = found_in(folder)
    assert found.severity == "info"
    assert found.cases == ("images/19.png",)
    assert "agree on 95 % of pairs of labels: Cohen's kappa 0.900" in found.message
    assert found.evidence["table"]["rows"] == [["reader_1", "reader_2", 20, 0.95]]


def test_poor_agreement_is_a_warning(table_folder: Callable[..., Path]) -> None:
    rng = np.random.default_rng(0)
    first, second = (["no" if x else "yes" for x in rng.integers(0, 2, 20)] for _ in range(2))
    folder = table_folder(patient=list("abcdefghijklmnopqrst"), label=first, reader_1=first, reader_2=second)
    assert found_in(folder)[0].severity == "warning"


@pytest.fixture
def two_observers(tmp_path: Path) -> Path:
    """Squares of 10 x 10 pixels; the second observer's is moved by `number` pixels to the right."""
    for number in range(4):
        for place, shift in (("images", 0), ("1st_manual", 0), ("2nd_manual", number)):
            (tmp_path / place).mkdir(exist_ok=True)
            pixels = (
                np.full((30, 30), number, np.uint8) if place == "images" else np.zeros((30, 30), np.uint8)
            )
            if place != "images":
                pixels[5:15, 5 + shift : 15 + shift] = 255
            Image.fromarray(pixels).save(tmp_path / place / f"{number:02d}.png")
    return tmp_path


def test_overlap_of_masks(two_observers: Path) -> None:
    found = mask_agreement(open_collection(two_observers))
    assert found is not None
    assert found.annotators == ("1", "2")
    assert list(found.table["dice"]) == pytest.approx([1.0, 0.9, 0.8, 0.7])  # 10 - n of 10 columns are shared
    assert found.metrics[0].value == pytest.approx(0.85)
    assert "Dice 0.850" in found_in(two_observers)[0].message


def test_masks_that_do_not_fit_are_told(two_observers: Path) -> None:
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(two_observers / "2nd_manual" / "01.png")
    (two_observers / "2nd_manual" / "02.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = mask_agreement(open_collection(two_observers))
    assert found is not None
    assert set(found.lost) == {"images/01.png", "images/02.png"}
    assert "another size" in found.lost["images/01.png"]
    assert len(found.table) == 2


def test_two_empty_masks_have_no_overlap(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / name)
    assert np.isnan(compare_masks(tmp_path, "a.png", "b.png")).all()


@pytest.mark.data
def test_the_observers_of_drive(shared_data: Path) -> None:
    """About 0.788 in the literature for the second observer against the first."""
    found = mask_agreement(open_collection(shared_data / "drive"))
    assert found is not None
    dice = found.metrics[0]
    assert (dice.n, dice.value) == (20, pytest.approx(0.788, abs=0.001))
    assert dice.ci_low == pytest.approx(0.779, abs=0.001)
    assert dice.ci_high == pytest.approx(0.797, abs=0.001)


def test_several_questions_are_told_one_by_one(tmp_path: Path) -> None:
    """Swelling is a coin thrown by each grader; the grade is agreed on but for one picture in eight."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(40):
        Image.new("RGB", (16, 16)).save(tmp_path / f"{number}.png")
        grades = ["severe" if number % 2 else "none"] * 3
        grades[0] = "none" if number % 8 == 1 else grades[0]
        votes = {f"grader_{k + 1}": grade for k, grade in enumerate(grades)}
        seen = {f"grader_{k + 1}_oedema": "yes" if rng.random() < 0.5 else "no" for k in range(3)}
        rows.append({"image": f"{number}.png", "patient": f"p{number}", **votes, **seen})
    pd.DataFrame(rows).to_csv(tmp_path / "eyes.csv", index=False)
    collection = open_collection(tmp_path, questions="severe=severe;oedema=oedema:yes")
    each = agreement_by_class(collection.readings, collection.classes)
    assert each["severe"].agreed == pytest.approx(1 - 5 * 2 / 3 / 40)
    assert each["severe"].metrics[0].value > 0.8 > 0.4 > each["oedema"].metrics[0].value
    facts = pd.DataFrame({"image": list(collection.rows["image"]), "error": ""}).set_index("image")
    exhibits = Exhibits(collection, facts, np.zeros((40, 64, 64), np.uint8), pd.DataFrame())
    (finding,) = CHECKS.get("labels.agreement").run(exhibits)
    assert finding.severity == "warning"  # swelling is hardly agreed on
    assert f"severe {100 * each['severe'].agreed:.0f} %, Fleiss' kappa 0." in finding.message
    assert {one["class"] for one in finding.evidence["metrics"]} == {"severe", "oedema"}
