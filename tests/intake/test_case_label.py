"""Labels beside masks: found where a segmentation is asked for, refused where the disease is not known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thirdeye.dataset.phantoms_located import write_mask_phantoms
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.case_label import CASE_LABEL, follows_from
from thirdeye.intake.open import open_collection


def _class_folders(root: Path, *names: str) -> Path:
    """A folder per class, each image with its mask beside it, as in BUSI."""
    for number, name in enumerate(names):
        (root / name).mkdir()
        for index in range(4):
            stem = f"{name} ({index})"
            Image.fromarray(np.full((8, 8), 40 * number + index, np.uint8)).save(root / name / f"{stem}.png")
            mask = np.zeros((8, 8), np.uint8)
            mask[2:5, 2:5] = 255
            Image.fromarray(mask).save(root / name / f"{stem}_mask.png")
    return root


def test_folders_of_classes_with_masks(tmp_path: Path) -> None:
    data = _class_folders(tmp_path, "benign", "malignant")
    plain = open_collection(data, patient_is_image=True)
    assert (plain.task, plain.case_label) == ("binary", None)
    told = [sentence for sentence in plain.understood if "--task segmentation" in sentence]
    assert [sentence.partition(".")[0] for sentence in told] == ["Images with a label and a mask: 8"]
    asked = open_collection(data, task="binary", patient_is_image=True)
    assert not any("--task segmentation" in sentence for sentence in asked.understood)
    both = open_collection(data, task="segmentation", patient_is_image=True)
    assert both.task == "segmentation"
    assert len(both.masks) == 8
    assert both.case_label is not None
    assert (both.case_label.classes, both.case_label.positive) == (("benign", "malignant"), "malignant")
    assert set(both.rows[CASE_LABEL]) == {"benign", "malignant"}
    assert any("learnt together" in sentence for sentence in both.understood)


def test_which_of_two_is_the_disease_must_be_known(tmp_path: Path) -> None:
    data = _class_folders(tmp_path, "apple", "pear")
    with pytest.raises(DataRefused, match="--positive apple or --positive pear"):
        open_collection(data, task="segmentation", patient_is_image=True)
    found = open_collection(data, task="segmentation", positive="pear", patient_is_image=True).case_label
    assert found is not None
    assert found.positive == "pear"
    with pytest.raises(UsageError, match="no such class"):
        open_collection(data, task="segmentation", positive="plum", patient_is_image=True)


def test_a_table_of_labels_beside_masks_keeps_their_legend(tmp_path: Path) -> None:
    data = write_mask_phantoms(tmp_path, cases=12, seed=1, labelled=True)
    both = open_collection(data, task="segmentation")
    assert both.case_label is not None
    assert both.case_label.positive == "malignant"
    assert set(both.mask_values.values()) == {"bright", "dark"}
    assert both.patient_known


def test_masks_without_labels_are_what_they_were(tmp_path: Path) -> None:
    data = write_mask_phantoms(tmp_path, cases=12, seed=1)
    plain, asked = open_collection(data), open_collection(data, task="segmentation")
    assert plain.case_label is None
    assert asked.case_label is None
    assert CASE_LABEL not in asked.rows
    assert plain.rows.equals(asked.rows)


def test_a_label_that_the_masks_say_already() -> None:
    assert follows_from(["ill", "well", "ill"], ["lesion", "", "lesion"])
    assert not follows_from(["ill", "well", "ill"], ["lesion", "lesion", "lesion"])
    assert not follows_from(["ill", "well", "ill"], ["lesion", "", "scar"])
