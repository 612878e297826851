"""Marks from elsewhere in the reader's words: names, numbers, and what nobody looked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thirdeye.dataset.phantoms_located import (
    KINDS,
    LANDMARKS,
    write_box_phantoms,
    write_mask_phantoms,
    write_point_phantoms,
)
from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.label_map import label_map
from thirdeye.intake.open import open_collection
from thirdeye.journey.external.located_marks import boxes_elsewhere, masks_elsewhere, points_elsewhere
from thirdeye.journey.external.sketch import look_at
from thirdeye.training.event import silent


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return open_collection(write_mask_phantoms(tmp_path_factory.mktemp("m"), cases=6, seed=2))


def test_structures_are_numbered_as_the_reader_numbers_them(masks: Collection) -> None:
    plain, turned = (masks_elsewhere(masks, names, {}) for names in (KINDS, tuple(reversed(KINDS))))
    assert plain.masks is not None
    assert turned.masks is not None
    image = str(masks.rows["image"].iloc[0])
    one, other = (
        label_map(masks.root, marks.of(image, marks.annotators[0]), marks.structures, (64, 64)).numbers
        for marks in (plain.masks, turned.masks)
    )
    assert np.array_equal(other, np.array([0, 2, 1])[one])
    assert set(np.unique(one)) > {0}


def test_a_structure_of_another_name_has_to_be_said(masks: Collection) -> None:
    with pytest.raises(DataRefused, match="liver"):
        masks_elsewhere(masks, ("liver", "dark"), {})
    found = masks_elsewhere(masks, ("liver", "dark"), {"liver": ["bright"]})
    assert found.match.known == {"bright": "liver", "dark": "dark"}
    assert set("|".join(found.collection.rows["label"]).split("|")) - {""} == {"liver", "dark"}


def test_a_structure_that_the_reader_does_not_know_is_background(masks: Collection) -> None:
    found = masks_elsewhere(masks, ("dark",), {})
    assert found.match.extra == ("bright",)
    assert found.masks is not None
    assert set(found.masks.structures.values.values()) == {1}


def test_boxes_of_an_unknown_class_are_kept_to_be_counted(tmp_path: Path) -> None:
    collection = open_collection(write_box_phantoms(tmp_path, cases=8, seed=2))
    facts = look_at(collection, silent, "").facts
    found = boxes_elsewhere(collection, ("dark",), {}, facts)
    assert found.regions is not None
    assert found.regions.names == ("dark",)
    assert set(found.regions.rows["name"]) == {"bright", "dark"}
    assert set(found.collection.rows["label"]) == {"", "dark"}


def test_points_of_an_unknown_name_are_left_out(tmp_path: Path) -> None:
    collection = open_collection(write_point_phantoms(tmp_path, cases=8, seed=2))
    found = points_elsewhere(collection, LANDMARKS[:2], {})
    assert found.regions is not None
    assert set(found.regions.rows["name"]) == set(LANDMARKS[:2])
    renamed = {LANDMARKS[0]: "nose"}
    rows = collection.regions.assign(name=collection.regions["name"].replace(renamed))
    with pytest.raises(DataRefused, match="nose"):
        points_elsewhere(replace(collection, regions=rows), LANDMARKS, {})
    said = points_elsewhere(replace(collection, regions=rows), LANDMARKS, {LANDMARKS[0]: ["nose"]})
    assert said.regions is not None
    assert set(said.regions.rows["name"]) == set(LANDMARKS)
