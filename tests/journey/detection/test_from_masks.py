from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thirdeye.dataset.phantoms_located import write_mask_phantoms
from thirdeye.errors import DataRefused
from thirdeye.journey.checking import put_on_trial
from thirdeye.journey.detection.from_masks import boxes_of_labels, needs_masks, with_boxes_of_masks
from thirdeye.journey.detection.planning import boxes_of
from thirdeye.journey.results import Checked


def test_each_piece_is_a_box_with_the_edges_of_its_pixels() -> None:
    numbers = np.zeros((20, 30), np.uint8)
    numbers[2:5, 3:9] = 1
    numbers[5, 9] = 1  # touches at a corner
    numbers[10:14, 20:25] = 1
    numbers[10:12, 2:4] = 2
    numbers[18, 28] = 2  # a speck
    found, specks = boxes_of_labels(numbers, ("cell", "other"))
    assert sorted(found) == [
        ("cell", (3.0, 2.0, 10.0, 6.0)), ("cell", (20.0, 10.0, 25.0, 14.0)),
        ("other", (2.0, 10.0, 4.0, 12.0)),
    ]  # fmt: skip
    assert specks == 1


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = write_mask_phantoms(tmp_path_factory.mktemp("masks"), cases=8, sides=(48, 64))
    return put_on_trial(folder, task="detection")


def test_masks_become_boxes_when_detection_is_asked_for(checked: Checked) -> None:
    assert checked.collection.task == "detection"
    assert needs_masks(checked.collection)
    made = with_boxes_of_masks(checked.collection, checked.examination.facts)
    assert not needs_masks(made)
    assert made.classes == ("bright", "dark")
    table = boxes_of(made)
    assert f"{len(table.rows)} boxes" in made.understood[-1]
    image = str(table.rows["image"].iloc[0])
    mask = np.asarray(Image.open(made.root / image.replace("images", "masks")).convert("RGB"))
    own = table.rows[table.rows["image"] == image]
    covered = np.zeros(mask.shape[:2], bool)
    for x_min, y_min, x_max, y_max in own[["x_min", "y_min", "x_max", "y_max"]].to_numpy(int):
        covered[y_min:y_max, x_min:x_max] = True
        assert mask[y_min:y_max, x_min:x_max].any()
    assert covered[mask.any(axis=2)].all()
    labels = made.rows.set_index("image")["label"]
    assert set(labels[image].split("|")) == set(own["name"])


def test_volumes_are_refused(checked: Checked) -> None:
    facts = checked.examination.facts.assign(kind="volume")
    with pytest.raises(DataRefused, match="--task segmentation"):
        with_boxes_of_masks(checked.collection, facts)


def test_a_collection_without_boxes_of_its_images_is_refused(checked: Checked) -> None:
    made = with_boxes_of_masks(checked.collection, checked.examination.facts)
    strange = replace(made, regions=made.regions.assign(image="elsewhere.png"))
    with pytest.raises(DataRefused, match="no box belongs to an image"):
        boxes_of(strange)


def test_data_without_boxes_and_masks_are_refused(tmp_path: Path) -> None:
    for number in range(3):
        Image.fromarray(np.full((40, 40), 50 * number, np.uint8)).save(tmp_path / f"{number}.png")
    (tmp_path / "table.csv").write_text("image,label\n0.png,a\n1.png,b\n2.png,a\n")
    with pytest.raises(DataRefused, match="boxes or masks"):
        put_on_trial(tmp_path, task="detection", patient_is_image=True)
