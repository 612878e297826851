"""What was found where: in every image of a case, and on every slice of a volume."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import nibabel
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.names import ClassNames
from thirdeye.inference.readers import open_reader
from thirdeye.reading_room.opinions.asked import ask
from thirdeye.reading_room.telling.opinion import told

_FILE = Path(__file__).resolve().parents[2] / "inference" / "dense" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("dense_conftest", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_DENSE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_DENSE)
_READER = importlib.util.spec_from_file_location("dense_reader", _FILE.with_name("test_second_reader.py"))
assert _READER is not None
assert _READER.loader is not None
_READ = importlib.util.module_from_spec(_READER)
_READER.loader.exec_module(_READ)
_SERIES = _READ._write_series


def _plain(said: object) -> str:
    return json.dumps(said, ensure_ascii=False).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("marked", [(4, 5, 6), (7,), ()])
def test_a_volume_is_shown_on_every_slice_with_marks(tmp_path: Path, marked: tuple[int, ...]) -> None:
    study = _DENSE.write_study(tmp_path / "study", 3)
    labels = np.zeros((24, 24, 12), np.uint8)
    for number in marked:
        labels[6:14, 6:14, number] = 1
    image = nibabel.Nifti1Image(_DENSE.voxels_of(labels), np.diag([1.0, 1.0, 4.0, 1.0]))
    nibabel.save(image, tmp_path / "scan.nii.gz")
    found = ask(open_reader(study, threads=1), study, [tmp_path / "scan.nii.gz"])
    slices = [name for name in found.pictures if name.startswith("slice_")]
    numbers = sorted(12 - number for number in marked)  # pictures go through it from the head
    assert slices == [f"slice_{number}" for number in numbers]
    assert ("looks" in found.form) == (len(marked) > 1)
    json.dumps(found.form)
    if len(marked) > 1:
        said = told(found.form, "fr")["looks"]
        assert said["told"].startswith("Quelque chose est marqué sur 3 coupes sur 12, comptées")
        assert [one["label"] for one in said["all"]] == [f"coupe {number} sur 12" for number in numbers]
        assert "marked on 3 of 12 slices" in told(found.form, "en")["looks"]["told"]


def test_what_was_found_is_told_image_by_image(tmp_path: Path) -> None:
    study, paths = _DENSE.write_study(tmp_path / "study", 2), []
    for number, sides in enumerate(((4, 10), (4, 20)), 1):
        labels = np.zeros((32, 32), np.uint8)
        labels[sides[0] : sides[1], 4:10] = number
        paths.append(tmp_path / f"{number}.png")
        PIL.Image.fromarray(np.array([128, 230, 20], np.uint8)[labels]).save(paths[-1])
    found = ask(open_reader(study, threads=1), study, paths)
    assert [one["picture"] for one in found.form["looks"]] == ["marked", "marked_2"]
    assert found.pictures["marked"] != found.pictures["marked_2"]
    names = ClassNames({"bright": {"en": "haemorrhage"}, "dark": {"en": "air"}})
    said = told(found.form, "en", names)
    assert [one["name"] for one in said["found"]["lines"]] == ["haemorrhage"]
    (other,) = said["found_in"]
    assert other["image"] == "image 2"
    assert [one["name"] for one in other["lines"]] == ["air"]
    assert "image by image" in _plain(said["others"])
    assert "bright" not in _plain(said)


def _case_of_volumes(folder: Path) -> tuple[list[Path], list[bool]]:
    """Two series, whose slices come in turn and bear names in the other order, and a single image."""
    for name, number in (("z", 3), ("a", 7)):
        labels = np.zeros((24, 24, 12), np.uint8)
        labels[6:14, 6:14, number] = 1
        _SERIES(folder / name, _DENSE.voxels_of(labels))
    taken = [folder / name / f"{number}.dcm" for number in range(12) for name in ("z", "a")]
    files = [path.rename(folder / f"{path.parent.name}{path.name}") for path in taken]
    PIL.Image.fromarray(np.zeros((24, 24), np.uint8)).save(folder / "plane.png")
    return [*files, folder / "plane.png"], [True] * 24 + [False]


def test_of_several_volumes_it_is_told_which_one_was_read(tmp_path: Path) -> None:
    study = _DENSE.write_study(tmp_path / "study", 3)
    files, slices = _case_of_volumes(tmp_path)
    found = ask(open_reader(study, threads=1), study, files, slices)
    assert found.form["source"] == "image 1"
    alone = ask(open_reader(study, threads=1), study, files[:24:2], slices[:24:2])
    assert found.files["image_1_labels.nii.gz"] == alone.files["image_1_labels.nii.gz"]  # not that of "a"
    assert "unread" not in alone.form
    (said,) = told(found.form, "en")["others"]
    assert said == (
        "Of this case the machine read one volume alone, which begins with image 1. "
        "It says nothing of 2 other volumes or images."
    )
    (french,) = told(found.form, "fr")["others"]
    assert french.startswith("De ce cas, la machine n'a lu qu'un seul volume, qui commence par l'image 1.")
    other = ask(open_reader(study, threads=1), study, files[1:24], slices[1:24])
    assert other.form["source"] == "image 1"
    assert other.files["image_1_labels.nii.gz"] != alone.files["image_1_labels.nii.gz"]


def test_a_reader_of_images_says_that_volumes_are_not_read(tmp_path: Path) -> None:
    study, place = _DENSE.write_study(tmp_path / "study", 2), tmp_path / "scans"
    place.mkdir()
    files, slices = _case_of_volumes(place)
    found = ask(open_reader(study, threads=1), study, files, slices)
    assert found.form["source"] == "image 25"
    assert told(found.form, "en")["others"] == [
        "Not read, as they belong to volumes and the machine reads single images: 24 files of this case."
    ]
