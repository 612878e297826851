"""Displayed pixels of DICOM files beside those of dcmtk, for every photometric interpretation and modality.

    python benchmarks/dicom_display.py FOLDER [FOLDER ...]

Needs dcm2pnm of dcmtk. Every file below the folders (and pydicom's own test files) is shown by Third Eye and
by dcm2pnm with the same window, without overlays, in 8 bits; of multi-frame files the first frame. dcmtk
reads neither JPEG 2000 nor JPEG-LS here: those files are compared with their uncompressed form, where it lies
beside them (CT1_J2KR.dcm and CT1_UNC.dcm), in the stored values. It does not scale doses: those are left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from common import arguments, finish, machine, table
from PIL import Image as Picture

from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.grey import physical_values
from thirdeye.dicom.groups import frame_header
from thirdeye.dicom.image import read_dicom
from thirdeye.dicom.open import open_dataset
from thirdeye.dicom.window import display_range
from thirdeye.errors import UnreadableFile

ROUNDING = 1.5  # grey levels of 256 by which two roundings may differ


def main() -> None:
    """Compare every file, then add up."""
    parser = arguments(__doc__.splitlines()[0], "results/dicom_display.json")
    parser.add_argument("folders", type=Path, nargs="*")
    options = parser.parse_args()
    if shutil.which("dcm2pnm") is None:
        raise SystemExit("needs dcm2pnm (Debian: apt-get install dcmtk)")
    warnings.simplefilter("ignore")
    own = Path(pydicom.__file__).parent / "data" / "test_files"
    found = [one for folder in (*options.folders, own) for one in compared(folder)]
    finish({"benchmark": "dicom_display", "machine": machine(), "files": found}, options.json, report(found))


def compared(folder: Path) -> Iterator[dict[str, Any]]:
    """What came of each file that is an image."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in (".dcm", "")):
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
            syntax = header.file_meta.TransferSyntaxUID.name
        except Exception:  # not DICOM
            continue
        if "Rows" not in header or header.get("Modality") == "RTDOSE":
            continue
        told = {
            "file": path.name,
            "modality": str(header.get("Modality", "")),
            "photometric": str(header.get("PhotometricInterpretation", "")),
            "syntax": syntax,
        }
        try:
            yield {**told, **_difference(path)}
        except UnreadableFile as error:
            yield {**told, "outcome": f"refused: {error.reason}"}


def _difference(path: Path) -> dict[str, Any]:
    image = read_dicom(path, path.name, "frame=0")
    ours = image.pixels / (257.0 if image.pixels.dtype == np.uint16 else 1.0)
    theirs = _by_dcmtk(path, image.attributes.get("window", ""))
    if theirs is None:
        return _against_plain(path)
    if theirs.ndim == 3 and ours.ndim == 2:
        theirs = theirs[..., 0]
    if theirs.shape != ours.shape:
        return {"outcome": f"another shape: {ours.shape} and {theirs.shape}"}
    difference = np.abs(ours - theirs)
    equal = float(difference.max()) <= ROUNDING
    return {
        "outcome": "equal" if equal else "differs",
        "largest": round(float(difference.max()), 2),
        "mean": round(float(difference.mean()), 4),
        "share": round(float((difference > ROUNDING).mean()), 6),
    }


def _by_dcmtk(path: Path, window: str) -> np.ndarray | None:
    if window == "window of the file":
        choice = ["+Wi", "1"]
    elif window.startswith("VOI"):
        choice = ["+Wl", "1"]
    elif window:
        low, high = _range(path)
        choice = ["+Ww", str((low + high) / 2 + 0.5), str(max(1.0, high - low + 1))]
    else:
        choice = []
    choice.append("--no-overlays")
    with tempfile.TemporaryDirectory() as temporary:
        for program in ("dcm2pnm", "dcmj2pnm"):
            out = Path(temporary) / "picture.pnm"
            command = [program, "--frame", "1", "+op", *choice, str(path), str(out)]
            if subprocess.run(command, capture_output=True).returncode == 0 and out.exists():
                return np.asarray(Picture.open(out)).astype(float)
    return None


def _range(path: Path) -> tuple[float, float]:
    dataset = open_dataset(path, path.name)
    header = frame_header(dataset, 0)
    values = physical_values(header, stored_values(dataset, 0))
    low, high, _ = display_range(header, values.astype(np.float32))
    return low, high


def _against_plain(path: Path) -> dict[str, Any]:
    """Stored values beside those of the uncompressed form of the same image."""
    plain = path.with_name(path.name.split("_")[0] + "_UNC" + path.suffix)
    if plain == path or not plain.exists():
        return {"outcome": "not compared: dcmtk does not read it"}
    mine, other = (open_dataset(one, one.name) for one in (path, plain))
    if int(mine.SamplesPerPixel) == 1:
        difference = np.abs(stored_values(mine, 0).astype(int) - stored_values(other, 0))
    else:
        shown = [read_dicom(one, one.name).pixels.astype(int) for one in (path, plain)]
        difference = np.abs(shown[0] - shown[1])
    largest = int(difference.max())
    return {"outcome": "equal to plain" if largest == 0 else "close to plain", "largest": largest}


def report(found: list[dict[str, Any]]) -> str:
    """Counts by photometric interpretation, then every file that is not equal."""
    kinds: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        kinds[one["photometric"], one["modality"]].append(one)
    rows: list[list[object]] = []
    for (photometric, modality), files in sorted(kinds.items()):
        outcomes = [one["outcome"].split(":")[0] for one in files]
        counts = ", ".join(f"{outcomes.count(o)} {o}" for o in dict.fromkeys(outcomes))
        rows.append([photometric, modality, len(files), counts])
    odd = [one for one in found if one["outcome"].startswith(("differs", "another", "refused", "close"))]
    lines = [
        f"- {o['file']} ({o['photometric']}, {o['syntax']}): {o['outcome']}"
        + (f", largest difference {o['largest']}" if "largest" in o else "")
        + (f", {100 * o['share']:.2g} % of the pixels" if "share" in o else "")
        for o in odd
    ]
    return (
        table(("photometric interpretation", "modality", "files", "outcome"), rows)
        + "\n\n"
        + "\n".join(lines)
    )


if __name__ == "__main__":
    sys.exit(main())
