"""Planted faults of volumes: what Third Eye, nnU-Net's verify_dataset_integrity and MONAI's DataAnalyzer say.

    pip install nnunetv2 monai            # into an environment with Third Eye
    python benchmarks/volume_integrity.py

Every fault is planted into one of eight otherwise sound cases in nnU-Net's layout. A tool has found it when
it stops or complains there and not on the sound data; the first words of what it says are shown. Of Third
Eye only warnings and errors count.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import logging
import multiprocessing.dummy
import os
import shutil
import tempfile
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from common import arguments, finish, machine, table

from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import turn_affine, turn_voxels
from thirdeye.case.volume import Volume
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection
from thirdeye.intake.volume_write import write_volume

CASES, VICTIM = 8, 3
SHAPE = (24, 28, 20)
AFFINE = np.array([[0.9, 0, 0, -11], [0, 0.9, 0, -14], [0, 0, 1.5, 5], [0, 0, 0, 1.0]])


@dataclass(frozen=True)
class Case:
    """One case before it is written."""

    image: Volume
    mask: Volume


def sound(number: int) -> Case:
    """A bright ball in noise, and its two halves as mask."""
    rng = np.random.default_rng(number)
    at = np.indices(SHAPE) - np.array(SHAPE).reshape(3, 1, 1, 1) / 2 - rng.uniform(-3, 3, (3, 1, 1, 1))
    ball = (at**2).sum(axis=0) < 36
    voxels = (rng.normal(300, 40, SHAPE) + 200 * ball).astype(np.float32)
    mask = (ball * (1 + (at[0] > 0))).astype(np.uint8)
    return Case(Volume(voxels, Geometry(AFFINE), "i"), Volume(mask, Geometry(AFFINE), "m"))


def affine_with(**changes: float) -> Geometry:
    """The sound affine with entries changed: ``a03=2`` is row 0, column 3."""
    affine = AFFINE.copy()
    for place, value in changes.items():
        affine[int(place[1]), int(place[2])] = value
    return Geometry(affine)


def turned(volume: Volume, to: str) -> Volume:
    geometry = Geometry(turn_affine(volume.geometry.affine, SHAPE, to))
    return replace(volume, voxels=turn_voxels(volume.voxels, "RAS", to), geometry=geometry)


def with_voxels(volume: Volume, change: Callable[[np.ndarray], np.ndarray]) -> Volume:
    return replace(volume, voxels=change(volume.voxels.copy()))


def nan_at(voxels: np.ndarray) -> np.ndarray:
    voxels[:2, :2, :2] = np.nan
    return voxels


IN_MEMORY: dict[str, Callable[[Case], Case]] = {
    "mask with a value that dataset.json does not name": lambda c: replace(
        c, mask=with_voxels(c.mask, lambda v: v * 100)
    ),
    "empty mask": lambda c: replace(c, mask=with_voxels(c.mask, np.zeros_like)),
    "mask three slices shorter": lambda c: replace(c, mask=with_voxels(c.mask, lambda v: v[:, :, :-3])),
    "mask with another spacing": lambda c: replace(c, mask=replace(c.mask, geometry=affine_with(a22=1.6))),
    "mask 3 mm beside its volume": lambda c: replace(c, mask=replace(c.mask, geometry=affine_with(a03=-8))),
    "mask mirrored left for right": lambda c: replace(
        c, mask=replace(c.mask, geometry=affine_with(a00=-0.9, a03=-11 + 0.9 * 23))
    ),
    "case in another orientation": lambda c: Case(turned(c.image, "PIR"), turned(c.mask, "PIR")),
    "case stored mirrored (LAS)": lambda c: Case(turned(c.image, "LAS"), turned(c.mask, "LAS")),
    "case with three times the spacing": lambda c: Case(
        replace(c.image, geometry=affine_with(a22=4.5)), replace(c.mask, geometry=affine_with(a22=4.5))
    ),
    "sheared affine": lambda c: Case(
        replace(c.image, geometry=affine_with(a02=0.4)), replace(c.mask, geometry=affine_with(a02=0.4))
    ),
    "NaN among the voxels": lambda c: replace(c, image=with_voxels(c.image, nan_at)),
    "intensities 1,000 times larger": lambda c: replace(c, image=with_voxels(c.image, lambda v: v * 1000)),
    "constant volume": lambda c: replace(c, image=with_voxels(c.image, np.ones_like)),
}


def cut(folder: Path) -> None:
    path = image_of(folder, VICTIM)
    path.write_bytes(path.read_bytes()[:-2000])


def patched(folder: Path, offset: int, data: bytes) -> None:
    """Bytes of the header of the victim's image, which is written without packing."""
    path = image_of(folder, VICTIM)
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[offset : offset + len(data)] = data
    path.write_bytes(gzip.compress(bytes(content)))


def copied(folder: Path) -> None:
    for part, name in (("imagesTr", "c_{}_0000.nii.gz"), ("labelsTr", "c_{}.nii.gz")):
        shutil.copy(folder / part / name.format(VICTIM), folder / part / name.format(VICTIM + 1))


def miscounted(folder: Path) -> None:
    content = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps({**content, "numTraining": CASES + 2}))


ON_DISK: dict[str, Callable[[Path], None]] = {
    "file cut off": cut,
    "singular affine": lambda folder: patched(folder, 280, bytes(48)),
    "sform and qform disagree": lambda folder: patched(folder, 280, np.float32([-0.9]).tobytes()),
    "no orientation in the header": lambda folder: patched(folder, 252, bytes(4)),
    "mask missing": lambda folder: (folder / "labelsTr" / f"c_{VICTIM}.nii.gz").unlink(),
    "copy of another case": copied,
    "wrong count in dataset.json": miscounted,
}


def image_of(folder: Path, number: int) -> Path:
    return folder / "imagesTr" / f"c_{number}_0000.nii.gz"


def write(folder: Path, fault: str) -> None:
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True)
    for number in range(CASES):
        case = sound(number)
        if number == VICTIM and fault in IN_MEMORY:
            case = IN_MEMORY[fault](case)
        write_volume(image_of(folder, number), case.image)
        write_volume(folder / "labelsTr" / f"c_{number}.nii.gz", case.mask)
    content = {
        "channel_names": {"0": "T1"},
        "labels": {"background": 0, "left": 1, "right": 2},
        "numTraining": CASES,
        "file_ending": ".nii.gz",
    }
    (folder / "dataset.json").write_text(json.dumps(content))
    if fault in ON_DISK:
        ON_DISK[fault](folder)


def third_eye(folder: Path) -> set[str]:
    seen = examine(open_collection(folder, labels_optional=True))
    return {f"{f.severity}, {f.check}: {f.message[:110]}" for f in seen.findings if f.severity != "info"}


def nnu_net(folder: Path) -> set[str]:
    import nnunetv2.experiment_planning.verify_dataset_integrity as theirs

    theirs.multiprocessing = types.SimpleNamespace(get_context=lambda _: multiprocessing.dummy)  # type: ignore[attr-defined]
    said = io.StringIO()
    stopped = set()
    with contextlib.redirect_stdout(said):
        try:
            theirs.verify_dataset_integrity(str(folder), 1)
        except BaseException as error:  # it asserts, raises and lets readers raise
            stopped = {f"stops: {type(error).__name__}: {str(error)[:70]}"}
    lines = said.getvalue().splitlines()
    return stopped | {
        line[:90] for line in lines if line.startswith(("Error", "Warning", "WARNING", "Images contain"))
    }


def monai(folder: Path) -> set[str]:
    from monai.apps.auto3dseg import DataAnalyzer

    pairs = [
        {"image": str(image_of(folder, number)), "label": str(folder / "labelsTr" / f"c_{number}.nii.gz")}
        for number in range(CASES)
    ]
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    stopped = set()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        warnings.catch_warnings(record=True),
    ):
        try:
            analyzer = DataAnalyzer(
                {"training": pairs}, str(folder), str(folder / "stats.yaml"), device="cpu", worker=0
            )
            analyzer.get_all_case_stats()
        except BaseException as error:
            stopped = {f"stops: {type(error).__name__}: {str(error)[:70]}"}
    logging.getLogger().removeHandler(handler)
    words = ("not completely uniform", "nan", "mismatch", "Unable", "error")
    return stopped | {
        line[:90] for line in said.getvalue().splitlines() if any(word in line for word in words)
    }


TOOLS: dict[str, Callable[[Path], set[str]]] = {"Third Eye": third_eye, "nnU-Net": nnu_net, "MONAI": monai}


def main() -> None:
    options = arguments(__doc__ or "", "results/volume_integrity.json").parse_args()
    for name in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
        os.environ.setdefault(name, tempfile.gettempdir())
    said: dict[str, dict[str, list[str]]] = {}
    for fault in ("", *IN_MEMORY, *ON_DISK):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "Dataset001_Made"
            folder.mkdir()
            write(folder, fault)
            heard = {tool: sorted(look(folder)) for tool, look in TOOLS.items()}
        said[fault] = {tool: [words.replace(str(folder), "...") for words in heard[tool]] for tool in TOOLS}
    quiet = said.pop("")
    new = {
        fault: {tool: [words for words in heard[tool] if words not in quiet[tool]] for tool in TOOLS}
        for fault, heard in said.items()
    }
    rows = [[fault, *(_cell(heard[tool]) for tool in TOOLS)] for fault, heard in new.items()]
    counts = {tool: sum(bool(heard[tool]) for heard in new.values()) for tool in TOOLS}
    rows.append(["**found**", *(f"{counts[tool]} of {len(new)}" for tool in TOOLS)])
    versions = {name: version(name) for name in ("nnunetv2", "monai", "SimpleITK")}
    result = {"machine": machine(), "versions": versions, "sound_data": quiet, "faults": new, "found": counts}
    finish(result, options.json, table(["planted fault", *TOOLS], rows))


def _cell(words: list[str]) -> str:
    return (words or ["-"])[0].replace("|", "/").replace("\n", " ")


if __name__ == "__main__":
    main()
