"""Scan of DICOM headers: seconds and memory, and whether memory stays flat as the set grows.

    python benchmarks/dicom_scan.py --files 10000

Writes synthetic studies (pydicom's CT_small.dcm with its about 150 elements, 20 slices a series, own UIDs and
positions) and scans them in a process of its own, once with half and once with all of the files: first the
headers alone, then all of `open_collection` (finding files, headers, series, patients).
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from common import Watched, arguments, finish, machine, reached, table, watch

LIMIT_S = 60.0
SLICES = 20
_SCAN = """
import json, sys, time
from pathlib import Path
from thirdeye.intake.dicom_folder.headers import read_headers
root = Path(sys.argv[1])
files = [p.relative_to(root).as_posix() for p in sorted(root.rglob('*.dcm'))]
started, count = time.perf_counter(), 0
for header in read_headers(root, files):
    count += not header.error
print(json.dumps({'files': count, 'seconds': time.perf_counter() - started}))
"""
_OPEN = """
import json, sys, time
from pathlib import Path
from thirdeye.intake.open import open_collection
started = time.perf_counter()
rows = open_collection(Path(sys.argv[1]), labels_optional=True).rows
print(json.dumps({'files': int(rows['slices'].astype(int).sum()), 'seconds': time.perf_counter() - started}))
"""
STEPS = {"headers alone": _SCAN, "folder to rows (open_collection)": _OPEN}


def main() -> None:
    """Write, scan half, scan all."""
    parser = arguments(__doc__.splitlines()[0], "results/dicom_scan.json")
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    runs = []
    with tempfile.TemporaryDirectory() as temporary:
        for files in (options.files // 2, options.files):
            folder = Path(temporary) / str(files)
            write(folder, files)
            for step, code in STEPS.items():
                runs.append({"step": step, **measured(code, folder)})
    result = {"benchmark": "dicom_scan", "machine": machine(), "runs": runs}
    finish(result, options.json, report(runs, options.files))


def write(folder: Path, files: int) -> None:
    """Studies of one series of `SLICES` slices, each in a folder of its own."""
    import numpy as np
    import pydicom
    from pydicom.data import get_testdata_file

    dataset = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    dataset.Rows = dataset.Columns = 32
    dataset.PixelData = np.zeros((32, 32), np.int16).tobytes()
    for number in range(files):
        series, index = divmod(number, SLICES)
        place = folder / f"patient{series:05d}" / "ct"
        place.mkdir(parents=True, exist_ok=True)
        dataset.PatientID = f"P{series:05d}"
        dataset.StudyInstanceUID = f"1.2.826.0.1.3680043.8.498.2.{series}"
        dataset.SeriesInstanceUID = f"1.2.826.0.1.3680043.8.498.3.{series}"
        dataset.SOPInstanceUID = f"1.2.826.0.1.3680043.8.498.4.{number}"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.ImagePositionPatient = [0, 0, 2.5 * index]
        dataset.save_as(place / f"{index:03d}.dcm")


def measured(code: str, folder: Path) -> dict[str, float]:
    """One child process: files that were read, its own seconds, and the peak memory of its tree."""
    run: Watched = watch([sys.executable, "-c", code, str(folder)], every_s=0.05)
    if run.code:
        raise SystemExit(f"the scan ended with code {run.code}")
    return {**json.loads(run.output), "peak_rss_mb": run.peak_rss_mb}


def report(runs: list[dict], files: int) -> str:
    """The table."""
    rows: list[list[object]] = []
    for run in runs:
        whole = run["files"] >= files
        rows.append(
            [
                run["step"],
                f"{run['files']:,.0f}",
                f"{run['seconds']:.1f}",
                f"{run['peak_rss_mb']:.0f}",
                reached(run["seconds"], LIMIT_S, at_least=False) if whole else "",
            ]
        )
    return table(("step", "files", "seconds", "peak memory, MB", f"<= {LIMIT_S:g} s"), rows)


if __name__ == "__main__":
    sys.exit(main())
