"""Every malformed and hostile file at hand goes through the real door: each ends in a reason or a reading.

    python benchmarks/hostile.py --corpora ../shared/corpora

Two doors: each folder as DATA of `thirdeye check` in a process of its own (every archive as DATA too), and
each file alone as `thirdeye read` would load it, in a worker. Watched: exit code, time, memory of parent and
workers, files left outside the output, and the marks that the hostile model files leave when something runs
them. Beside the corpora: the test files that come with pydicom and nibabel, where those are installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from common import DEFAULT_DATA, arguments, finish, machine, peak_memory, table

MOST_WORKER_BYTES = int(2.6e9)  # 2 GiB beyond what a worker starts with, and the libraries
MOST_SECONDS = 150.0
MARKS = "thirdeye_pwned_by_*"
CHECK = """
import json, sys
from pathlib import Path
from thirdeye.errors import ThirdEyeError
from thirdeye.journey.checking import check
try:
    found = check(sys.argv[1], out=sys.argv[2])
except ThirdEyeError as error:
    print(json.dumps({"refused": str(error)}))
    sys.exit()
errors = found.examination.facts["error"]
print(json.dumps({
    "layout": found.collection.layout,
    "files": {name: str(reason) for name, reason in errors.items()},
    "left_aside": {kind: list(names) for kind, names in found.collection.leftovers.items()},
}))
"""


def main() -> None:
    """Send everything through both doors."""
    parser = arguments(__doc__.splitlines()[0], "results/hostile.json")
    parser.add_argument("--corpora", type=Path, default=DEFAULT_DATA.parent / "corpora")
    options = parser.parse_args()
    before = marks()
    with tempfile.TemporaryDirectory() as temporary:
        sets = collected(options.corpora, Path(temporary) / "sets")
        checks = {name: checked(folder, Path(temporary), name) for name, folder in sets.items()}
        loads = {
            f"{name}/{one}": loaded(folder / one) for name, folder in sets.items() for one in files(folder)
        }
    result = {
        "benchmark": "hostile",
        "machine": machine(),
        "checks": checks,
        "loads": loads,
        "marks": sorted(marks() - before),
    }
    finish(result, options.json, report(result))
    if problems(result):
        raise SystemExit("\n".join(problems(result)))


def collected(corpora: Path, place: Path) -> dict[str, Path]:
    """Folders to check: copies of the corpora by kind, and of the libraries' own test files."""
    generated = corpora / "generated" / "files"
    kinds = {
        "dicom": sorted(generated.glob("[ds]*.dcm")),
        "nifti": sorted(generated.glob("n*.nii*")),
        "pictures": sorted(generated.glob("i*")),
        "models": sorted(generated.glob("m*")),
        "json": [*sorted(generated.glob("j*.json")), generated / "EXPECT.json"],
        "archives": sorted([*generated.glob("z*.zip"), *generated.glob("z*.tar.gz")]),
        "deid": sorted((corpora / "deid").glob("*.dcm")),
        "pillow": sorted(path for path in (corpora / "images-pillow").iterdir() if path.is_file()),
        "pydicom": package_files("pydicom", "data/test_files"),
        "nibabel": package_files("nibabel", "tests/data"),
    }
    kinds["all"] = [path for paths in list(kinds.values()) for path in paths]
    for name, paths in kinds.items():
        (place / name).mkdir(parents=True)
        for path in paths:
            shutil.copy(path, place / name / path.name)
    for archive in kinds["archives"]:
        (place / archive.name).mkdir()
        shutil.copy(archive, place / archive.name / archive.name)
    return {path.name: path for path in sorted(place.iterdir()) if any(path.iterdir())}


def package_files(package: str, below: str) -> list[Path]:
    """Test files that come with an installed package, up to 20 MB each."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(spec.submodule_search_locations[0]) / below
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    return sorted({path.name: path for path in found if path.stat().st_size < 20e6}.values())


def files(folder: Path) -> list[str]:
    """Names in a folder; those of "all" are in the others too."""
    return [] if folder.name == "all" else sorted(path.name for path in folder.iterdir())


def checked(folder: Path, place: Path, name: str) -> dict[str, Any]:
    """Check a folder, or the archive that alone is in it, in a sandbox whose files are counted afterwards."""
    data = folder / name if (folder / name).is_file() else folder
    home = place / "homes" / name
    for part in ("home", "tmp", "out"):
        (home / part).mkdir(parents=True)
    environment = os.environ | {
        "HOME": str(home / "home"),
        "XDG_CACHE_HOME": str(home / "home" / "cache"),
        "TMPDIR": str(home / "tmp"),
    }
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", CHECK, str(data), str(home / "out")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=home / "home",
    )  # fmt: skip
    parent, worker = peak_memory(child)
    seconds = time.perf_counter() - began
    output, errors = child.communicate()
    found = json.loads(output.splitlines()[-1]) if child.returncode == 0 else {"error": errors[-1500:]}
    left = [*leftover(home / "home", "cache"), *leftover(home / "tmp", "")]
    return {
        "code": child.returncode, "seconds": seconds, "parent_mb": parent / 1e6, "worker_mb": worker / 1e6,
        "left": left, "stderr": errors[-500:], **found,
    }  # fmt: skip


def leftover(folder: Path, allowed: str) -> list[str]:
    """Files below a folder that nobody asked for."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not (allowed and path.relative_to(folder).parts[0] == allowed)
    ]


def loaded(path: Path) -> dict[str, Any]:
    """What becomes of one file at the door of `thirdeye read`."""
    from thirdeye.errors import UnreadableFile
    from thirdeye.intake.look import pixels_of
    from thirdeye.intake.workers import call, limit_for

    began = time.perf_counter()
    try:
        pixels = call(pixels_of, path.parent, path.name, name=path.name, limit_s=limit_for(path))
        outcome = f"read: {' x '.join(map(str, pixels.shape))} {pixels.dtype}"
    except UnreadableFile as error:
        outcome = error.reason
    return {"outcome": outcome, "seconds": round(time.perf_counter() - began, 3)}


def marks() -> set[str]:
    """What hostile model files leave in the temporary folder."""
    return {path.name for path in Path(tempfile.gettempdir()).glob(MARKS)}


def problems(result: dict[str, Any]) -> list[str]:
    """Whatever must not be."""
    found = [f"{mark}: a hostile model file was run" for mark in result["marks"]]
    for name, one in result["checks"].items():
        if one["code"] != 0:
            found.append(f"{name}: the check ended with code {one['code']}: {one.get('error', '')}")
        if one["left"]:
            found.append(f"{name}: left behind {one['left']}")
        if one["seconds"] > MOST_SECONDS:
            found.append(f"{name}: took {one['seconds']:.0f} s")
        if max(one["parent_mb"], one["worker_mb"]) > MOST_WORKER_BYTES / 1e6:
            found.append(f"{name}: took {one['parent_mb']:.0f} and {one['worker_mb']:.0f} MB")
    return found


def report(result: dict[str, Any]) -> str:
    """The tables."""
    rows = [
        [
            name, one.get("layout", "refused"), len(one.get("files", {})),
            sum(bool(reason) for reason in one.get("files", {}).values()),
            sum(len(names) for names in one.get("left_aside", {}).values()),
            f"{one['seconds']:.1f}", f"{one['parent_mb']:.0f}", f"{one['worker_mb']:.0f}",
            one.get("refused", one.get("error", "")).replace("\n", " ")[:160],
        ]
        for name, one in result["checks"].items()
    ]  # fmt: skip
    header = (
        "DATA",
        "layout",
        "images",
        "unreadable",
        "left aside",
        "s",
        "parent, MB",
        "worker, MB",
        "refused",
    )
    outcomes = [[name, one["outcome"], one["seconds"]] for name, one in result["loads"].items()]
    return "\n\n".join([table(header, rows), table(("file", "reading it", "s"), outcomes)])


if __name__ == "__main__":
    main()
