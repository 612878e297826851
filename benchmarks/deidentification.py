"""What survives de-identification, at what price, and are the files still valid? Ours and others, same files.

    python benchmarks/deidentification.py --peers PEERS/bin/python [--data FOLDER] [--canary FILE]

The peers live in an environment of their own:

    python3.11 -m venv PEERS
    PEERS/bin/pip install dicom-anonymizer==2.1.0 deid dentdeid

gdcmanon (Debian: libgdcm-tools) and dciodvfy (Debian: dicom3tools) are used where they are installed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import DEFAULT_DATA, arguments, finish, machine, table

CANARY = DEFAULT_DATA.parent / "corpora" / "deid" / "canary.dcm"
MARKER = re.compile(rb"CN(?:SQ)?[0-9A-F]{8}|CN[A-Z]{5,}")
COUNTED = {"date": rb"19010203", "uid": rb"1\.2\.999\.", "age": rb"077Y"}
PEER = Path(__file__).parent / "peers" / "deidentify.py"
PEERS = {
    "dicom-anonymizer (default table)": "dicomanonymizer",
    "dicom-anonymizer (table of 2026c)": "dicomanonymizer-2026c",
    "deid (default recipe)": "deid",
    "dentdeid (basic profile, attributes alone)": "dentdeid",
}


def main() -> None:
    parser = arguments(__doc__ or "", "results/deidentification.json")
    parser.add_argument("--peers", type=Path, help="python of the environment with the peers")
    parser.add_argument(
        "--canary", type=Path, default=CANARY, help="the file with a marker in every attribute"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        files = gather(options.data, options.canary, source)
        results = {"Third Eye": measured(ours, source, files, Path(place) / "ours")}
        if options.peers:
            for title, name in PEERS.items():
                run = peer(options.peers, name)
                results[title] = measured(run, source, files, Path(place) / name)
        if shutil.which("gdcmanon"):
            results["gdcmanon --dumb"] = measured(gdcmanon, source, files, Path(place) / "gdcm")
    finish({"machine": machine(), "files": len(files), "results": results}, options.json, as_text(results))


def gather(data: Path, canary: Path, source: Path) -> list[str]:
    """The marker file, and the real DICOM under names that are only numbers, in one folder for all."""
    source.mkdir(parents=True)
    shutil.copy(canary, source / "canary.dcm")
    names = ["canary.dcm"]
    folders = [data / "dicom_transfer_syntaxes", data / "dicom_seg_sr_examples"]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if is_dicom(path)]
    archive = data / "dicom_brain_mr_multicontrast" / "study3.zip"
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(archive) as packed:
        found += [Path(packed.extract(n, place)) for n in sorted(packed.namelist()) if not n.endswith("/")]
        for number, path in enumerate(path for path in found if is_dicom(path)):
            shutil.copy(path, source / f"{number:04d}.dcm")
            names.append(f"{number:04d}.dcm")
    return names


def is_dicom(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[128:132] == b"DICM"


def measured(
    run: Callable[[Path, Path], dict[str, str]], source: Path, files: list[str], place: Path
) -> dict[str, Any]:
    """Survivors of the marker file, files that came out, seconds a file, new errors of dciodvfy."""
    place.mkdir()
    started = time.perf_counter()
    written = run(source, place)
    seconds = time.perf_counter() - started
    canary = written.get("canary.dcm")
    before = markers(source / "canary.dcm")
    left = before if canary is None else markers(Path(canary)) & before
    worse, errors = 0, 0
    for name in files[1:]:
        if shutil.which("dciodvfy") and name in written:
            added = complaints(Path(written[name])) - complaints(source / name)
            worse, errors = worse + bool(added), errors + len(added)
    return {
        "markers": len(before),
        "survivors": sorted(marker.decode() for marker in left),
        "written": len(written),
        "of": len(files),
        "seconds_a_file": seconds / len(files),
        "files_with_new_errors": worse,
        "new_errors": errors,
    }


def markers(path: Path) -> set[bytes]:
    """The planted identifiers in the bytes of a file, as tools/canary.py of the corpus counts them."""
    raw = path.read_bytes()
    return set(MARKER.findall(raw)) | {name.encode() for name, one in COUNTED.items() if re.search(one, raw)}


def complaints(path: Path) -> set[str]:
    done = subprocess.run(
        ["dciodvfy", str(path)], capture_output=True, text=True, errors="replace", check=False
    )
    lines = (done.stderr + done.stdout).splitlines()
    return {line.split(" value = ")[0] for line in lines if line.startswith("Error")}


def ours(source: Path, place: Path) -> dict[str, str]:
    """The command as a user gives it; no pixels are searched, as the peers search none."""
    command = [str(Path(sys.executable).parent / "thirdeye"), "deidentify", str(source), str(place / "out")]
    subprocess.run([*command, "--pixels-are-clean"], check=True, capture_output=True)
    import csv

    with (place / "out.links.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["written"]]
    return {row["source"]: str(place / "out" / row["written"]) for row in rows}


def peer(python: Path, name: str) -> Callable[[Path, Path], dict[str, str]]:
    """A peer in its own environment; it says which file became which."""

    def run(source: Path, place: Path) -> dict[str, str]:
        done = subprocess.run(
            [str(python), str(PEER), name, str(source), str(place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name} failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    return run


def gdcmanon(source: Path, place: Path) -> dict[str, str]:
    """Its basic profile encrypts the original into the file, hence --dumb, which removes named tags."""
    removed = (
        "0010,0010",
        "0010,0020",
        "0010,0030",
        "0010,1000",
        "0010,1001",
        "0010,1040",
        "0008,0080",
        "0008,0090",
    )
    written = {}
    for path in sorted(source.iterdir()):
        command = ["gdcmanon", "--dumb", *(part for tag in removed for part in ("--remove", tag))]
        done = subprocess.run([*command, str(path), str(place / path.name)], capture_output=True, check=False)
        if done.returncode == 0 and (place / path.name).is_file():
            written[path.name] = str(place / path.name)
    return written


def as_text(results: dict[str, dict[str, Any]]) -> str:
    header = ("engine", "markers left", "files written", "ms a file", "new errors of dciodvfy (files)")
    rows = [
        (
            title,
            f"{len(one['survivors'])} of {one['markers']}",
            f"{one['written']} of {one['of']}",
            f"{1000 * one['seconds_a_file']:.0f}",
            f"{one['new_errors']} ({one['files_with_new_errors']})",
        )
        for title, one in results.items()
    ]
    return table(header, rows)


if __name__ == "__main__":
    main()
