"""Data with masks that are wrong in one way each: a reason, a remedy, and nothing else is lost.

Each case goes from the files to the arrays that training works on; what is refused says why and what to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

import thirdeye
from thirdeye.case.study import Study
from thirdeye.errors import DataRefused
from thirdeye.journey.dense import planning
from thirdeye.journey.dense.material import gather_dense, read_dense_plan, read_masks
from thirdeye.journey.material import read_study_dataset

CASES = 12
SIDES = (24, 20, 8)
AFFINE = np.diag([1.0, 1.0, 2.0, 1.0])
Spoil = Callable[[Path], None]


@dataclass(frozen=True)
class Bad:
    """One way to be wrong.

    Args:
        spoil: makes it so.
        volumes: whether the data are volumes.
        check: that speaks.
        severity: of its finding.
        words: in its message.
        refused: words of the refusal of `plan`; "" where the run goes on.
        rows: that training and validation work on.
    """

    spoil: Spoil
    volumes: bool = False
    check: str = ""
    severity: str = ""
    words: str = ""
    refused: str = ""
    rows: int = CASES


def write_pictures(folder: Path, *, separate: bool = False) -> Path:
    """Pictures with two structures, as numbers in one mask or in a folder of masks for each."""
    rng = np.random.default_rng(0)
    for index in range(CASES):
        labels = _scene(rng, (32, 28))
        noise = rng.normal(0, 8, labels.shape)
        save(folder / "images" / f"c{index:02d}.png", np.array([110, 180, 50])[labels] + noise)
        if separate:
            for number, name in ((1, "disc"), (2, "cup")):
                save(folder / "masks" / name / f"c{index:02d}.png", 255 * (labels == number))
        else:
            save(folder / "masks" / f"c{index:02d}.png", labels)
    return folder


def write_volumes(folder: Path, *, sides: tuple[int, ...] = SIDES, affine: np.ndarray = AFFINE) -> Path:
    """The same as volumes in the layout of the Decathlon."""
    rng = np.random.default_rng(0)
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    names = [f"c{index:02d}.nii.gz" for index in range(CASES)]
    for name in names:
        labels = _scene(rng, sides)
        voxels = np.array([100, 160, 40])[labels] + rng.normal(0, 8, labels.shape)
        put(folder / "imagesTr" / name, voxels.astype(np.float32), affine)
        put(folder / "labelsTr" / name, labels, affine)
    document = {
        "modality": {"0": "MRI"}, "labels": {"0": "background", "1": "disc", "2": "cup"},
        "training": [{"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"} for name in names],
    }  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def _scene(rng: np.random.Generator, sides: tuple[int, ...]) -> np.ndarray:
    labels = np.zeros(sides, np.uint8)
    for number in (1, 2):
        low = [int(rng.integers(1, max(2, side // 2))) if side > 2 else 0 for side in sides]
        spans = tuple(slice(a, a + max(1, side // 4)) for a, side in zip(low, sides, strict=True))
        labels[spans] = number
    return labels


def save(path: Path, pixels: np.ndarray) -> None:
    """A picture of 8 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)


def put(path: Path, voxels: np.ndarray, affine: np.ndarray = AFFINE) -> None:
    """A NIfTI file."""
    nib.Nifti1Image(voxels, affine).to_filename(path)


def get(path: Path) -> np.ndarray:
    """What is in a picture or NIfTI file."""
    if path.suffix == ".png":
        return np.asarray(PIL.Image.open(path)).copy()
    return np.asarray(nib.load(path).dataobj).copy()


def first(folder: Path, what: str) -> Path:
    """The first file of a folder."""
    return sorted((folder / what).iterdir())[0]


def each(folder: Path, what: str) -> list[Path]:
    """All files of a folder."""
    return sorted((folder / what).iterdir())


def _other_size(folder: Path) -> None:
    path = first(folder, "masks")
    save(path, get(path)[:-5])


def _turned(folder: Path) -> None:
    path = first(folder, "masks")
    save(path, get(path).T)


def _elsewhere(folder: Path) -> None:
    path, affine = first(folder, "labelsTr"), AFFINE.copy()
    affine[0, 3] = 10
    put(path, get(path), affine)


def _mirrored(folder: Path) -> None:
    path = first(folder, "labelsTr")
    put(path, get(path), AFFINE * np.array([[-1], [1], [1], [1]]))


def _other_spacing(folder: Path) -> None:
    path = first(folder, "labelsTr")
    put(path, get(path), np.diag([1.0, 1.0, 3.0, 1.0]))


def _rounded(folder: Path) -> None:
    path, affine = first(folder, "labelsTr"), AFFINE.copy()
    affine[0, 3] = 0.05
    put(path, get(path), affine)


def _other_volume_size(folder: Path) -> None:
    path = first(folder, "labelsTr")
    put(path, get(path)[:, :, :-1])


def _one_empty(folder: Path) -> None:
    path = first(folder, "masks")
    save(path, 0 * get(path))


def _all_empty(folder: Path) -> None:
    for path in each(folder, "masks"):
        save(path, 0 * get(path))


def _all_full(folder: Path) -> None:
    for path in each(folder, "masks"):
        save(path, 0 * get(path) + 1)


def _overlapping(folder: Path) -> None:
    for path in each(folder, "masks/cup"):
        save(path, np.maximum(get(path), get(folder / "masks/disc" / path.name)))


def _channels(folder: Path) -> None:
    for path in each(folder, "labelsTr"):
        labels = get(path)
        put(path, np.stack([labels > 0, labels == 2], axis=3).astype(np.uint8))


def _unknown_value(folder: Path) -> None:
    path = first(folder, "labelsTr")
    labels = get(path)
    labels[0, 0, 0] = 9
    put(path, labels)


def _unknown_colour(folder: Path) -> None:
    colours = np.array([(0, 0, 0), (255, 0, 0), (0, 0, 255)], np.uint8)
    for path in each(folder, "masks"):
        save(path, colours[get(path)])
    path = first(folder, "masks")
    picture = get(path)
    picture[0, :3] = (0, 255, 0)
    save(path, picture)
    (folder / "classes.csv").write_text("name,r,g,b\ndisc,255,0,0\ncup,0,0,255\n", encoding="utf-8")


def _not_finite(folder: Path) -> None:
    path = first(folder, "imagesTr")
    voxels = get(path)
    voxels[0, 0, :2] = (np.nan, np.inf)
    put(path, voxels)


def _nothing_finite(folder: Path) -> None:
    path = first(folder, "imagesTr")
    put(path, np.full(SIDES, np.nan, np.float32))


def _mask_not_finite(folder: Path) -> None:
    path = first(folder, "labelsTr")
    labels = get(path).astype(np.float32)
    labels[0, 0, 0] = np.nan
    put(path, labels)


def _singular(folder: Path) -> None:
    path = first(folder, "imagesTr")
    image = nib.Nifti1Image(get(path), AFFINE)
    image.set_sform(np.diag([1.0, 1.0, 0.0, 1.0]), 1)
    image.set_qform(None, 0)
    image.to_filename(path)


def _float_masks(folder: Path) -> None:
    for path in each(folder, "labelsTr"):
        put(path, get(path).astype(np.float32))


def _blurred(folder: Path) -> None:
    from scipy import ndimage

    for path in each(folder, "masks"):
        labels = np.zeros((32, 28))
        labels[6:26, 5:22] = 255
        save(path, ndimage.gaussian_filter(labels, 0.6))


def _probabilities(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for path in each(folder, "masks"):
        save(path, rng.integers(0, 255, get(path).shape))


def _mask_alone(folder: Path) -> None:
    first(folder, "images").unlink()


def _image_alone(folder: Path) -> None:
    first(folder, "masks").unlink()


def _damaged_mask(folder: Path) -> None:
    path = first(folder, "masks")
    path.write_bytes(path.read_bytes()[:40])


def _damaged_of_two(folder: Path) -> None:
    path = first(folder, "masks/cup")
    path.write_bytes(path.read_bytes()[:40])


def _damaged_image(folder: Path) -> None:
    path = first(folder, "images")
    path.write_bytes(path.read_bytes()[:40])


def _one_slice(folder: Path) -> None:
    write_volumes(folder, sides=(24, 20, 1))


def _thick(folder: Path) -> None:
    write_volumes(folder, sides=(40, 40, 5), affine=np.diag([0.5, 0.5, 5.0, 1.0]))


def _wide_values(folder: Path) -> None:
    for path in each(folder, "masks"):
        save(path, 100 * get(path))


BAD: dict[str, Bad] = {
    "mask of another size": Bad(_other_size, False, "mask.size", "error", "another size", "another size"),
    "mask turned": Bad(_turned, False, "mask.size", "error", "fit when they are turned", "another size"),
    "volume of another size": Bad(
        _other_volume_size, True, "mask.size", "error", "24 x 20 x 7", "another size"
    ),
    "mask elsewhere": Bad(_elsewhere, True, "mask.geometry", "error", "10 mm away", "grid of their volume"),
    "mask mirrored": Bad(_mirrored, True, "mask.geometry", "error", "mirrored", "mirrored"),
    "mask of another spacing": Bad(_other_spacing, True, "mask.geometry", "error", "mm away", "grid"),
    "header rounded": Bad(_rounded, True, "mask.geometry", "warning", "0.05 mm"),
    "one mask empty": Bad(_one_empty, False, "mask.empty", "warning", "mark nothing"),
    "all masks empty": Bad(_all_empty, False, "mask.empty", "info", "mark nothing", "no mask marks anything"),
    "all masks full": Bad(_all_full, False, "mask.empty", "warning", "mark the whole picture"),
    "structures overlap": Bad(_overlapping, False, "mask.overlap", "warning", "claim the same pixels"),
    "channels overlap": Bad(_channels, True, "mask.overlap", "warning", "claim the same pixels"),
    "unknown value": Bad(_unknown_value, True, "mask.values", "warning", "no name: 9"),
    "unknown colour": Bad(_unknown_colour, False, "mask.values", "warning", "#00ff00"),
    "other numbers": Bad(_wide_values, False),
    "NaN in an image": Bad(_not_finite, True, "volume.not_finite", "warning", "no numbers"),
    "all NaN": Bad(_nothing_finite, True, "file.unreadable", "warning", "no voxel that is a number", rows=11),
    "NaN in a mask": Bad(_mask_not_finite, True, "mask.values", "warning", "no numbers"),
    "singular affine": Bad(_singular, True, "file.unreadable", "warning", "spacing 0", rows=11),
    "masks of floats": Bad(_float_masks, True),
    "blurred borders": Bad(_blurred, False, "mask.values", "warning", "soft edges"),
    "probabilities for masks": Bad(
        _probabilities, False, "mask.values", "warning", "look like pictures", "too many"
    ),
    "mask without image": Bad(_mask_alone, False, "file.leftover", "warning", "mask", rows=11),
    "image without mask": Bad(_image_alone, False, "mask.missing", "warning", "have no mask", rows=11),
    "damaged mask": Bad(_damaged_mask, False, "mask.unreadable", "warning", "cannot be read", rows=11),
    "damaged image": Bad(_damaged_image, False, "file.unreadable", "warning", "c00", rows=11),
    "one slice": Bad(_one_slice, True),
    "anisotropy 10:1": Bad(_thick, True),
}
SEPARATE = {"structures overlap", "damaged one of two"}
BAD["damaged one of two"] = Bad(
    _damaged_of_two, False, "mask.unreadable", "warning", "cannot be read", rows=CASES - 1
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_speed", lambda plan: 1e6)


def _made(folder: Path, name: str) -> Path:
    bad = BAD[name]
    if bad.volumes:
        write_volumes(folder)
    else:
        write_pictures(folder, separate=name in SEPARATE)
    bad.spoil(folder)
    return folder


QUICK = ("damaged one of two", "channels overlap", "NaN in a mask", "one slice")


def _marks(name: str) -> list[pytest.MarkDecorator]:
    """What is refused is quick; of the rest those that most could go wrong in."""
    return [] if BAD[name].refused or name in QUICK else [pytest.mark.slow]


@pytest.mark.parametrize("name", [pytest.param(name, marks=_marks(name)) for name in BAD])
def test_every_way_to_be_wrong(tmp_path: Path, name: str) -> None:
    bad, data, study = BAD[name], _made(tmp_path / "data", name), Study(tmp_path / "study")
    if bad.refused:
        with pytest.raises(DataRefused, match=bad.refused) as refusal:
            thirdeye.plan(data, out=study.folder, patient_is_image=True, budget="60s")
        assert str(tmp_path) not in str(refusal.value)
    else:
        thirdeye.plan(data, out=study.folder, patient_is_image=True, budget="60s")
    if study.has("findings.json"):
        found = study.read_json("findings.json")["findings"]
        accused = [one for one in found if one["check"] == bad.check and bad.words in one["message"]]
        assert not bad.check or [one["severity"] for one in accused] == [bad.severity], found
        assert all(one["remedy"] or one["check"] == "file.leftover" for one in accused)
    if not bad.refused:
        dataset, masks, plan = read_study_dataset(study, None), read_masks(study), read_dense_plan(study)
        material = gather_dense(study, dataset, masks, plan, "train", "validation", "test")
        assert len(material.rows) == bad.rows
        assert all(np.isfinite(image).all() for image in material.images)
        assert max(int(target.max()) for target in material.targets) <= len(plan.classes)
