"""``fields.csv`` back and forth, and what belongs to what."""

from __future__ import annotations

import pytest

from thirdeye.dataset.fields_file import read_fields_csv, write_fields_csv
from thirdeye.errors import StudyMismatch
from thirdeye.intake.mask_pairs import pair_fields


def test_back_and_forth(tmp_path):
    fields = {"images/a, b.png": "mask/a, b.png", "images/ü.png": "mask/ü.png"}
    write_fields_csv(tmp_path / "fields.csv", fields)
    assert read_fields_csv(tmp_path / "fields.csv") == fields


def test_no_file_is_no_field(tmp_path):
    assert read_fields_csv(tmp_path / "fields.csv") == {}


def test_another_table_is_refused(tmp_path):
    (tmp_path / "fields.csv").write_text("picture,mask\na,b\n")
    with pytest.raises(StudyMismatch, match="damaged"):
        read_fields_csv(tmp_path / "fields.csv")


def test_fields_find_their_images_as_in_drive():
    images = ["training/images/21_training.png", "test/images/01_test.png", "test/images/02_test.png"]
    fields = [
        "training/mask/21_training_mask.png",
        "test/mask/01_test_mask.png",
        "test/mask/99_test_mask.png",
    ]
    assert pair_fields(images, fields) == {images[0]: fields[0], images[1]: fields[1]}
