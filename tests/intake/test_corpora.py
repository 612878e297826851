"""Every malformed file at hand goes through the doors: each ends in a reading or a reason."""

from __future__ import annotations

import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.intake.examine import examine
from thirdeye.intake.look import pixels_of
from thirdeye.intake.open import open_collection
from thirdeye.intake.unpack import is_packed, opened
from thirdeye.intake.workers import Lost, Task, call, each

LIBRARIES = (("pydicom", "data/test_files"), ("nibabel", "tests/data"))
OF_OURS = "could not be measured"  # how an error that no reader foresaw is reported


@pytest.fixture
def corpora(shared_data: Path) -> Path:
    folder = shared_data.parent / "corpora"
    if not folder.is_dir():
        pytest.skip("the malformed files are not beside the data")
    return folder


@pytest.fixture
def marks() -> set[str]:
    """What the hostile model files leave in the temporary folder when something runs them."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("thirdeye_pwn*")}


def files_of(corpora: Path) -> list[Path]:
    """Everything in the corpora and in the test files of libraries that are installed."""
    folders = [corpora]
    for package, below in LIBRARIES:
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            folders.append(Path(spec.submodule_search_locations[0]) / below)
    found = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if path.suffix not in (".py", ".pyc") and path.stat().st_size < 20e6]


@pytest.mark.data
@pytest.mark.slow
def test_every_file_ends_in_a_reading_or_a_reason(corpora: Path, marks: set[str]) -> None:
    files = files_of(corpora)
    assert len(files) > 250
    began = time.monotonic()
    answers = list(each(pixels_of, (Task((path.parent, path.name)) for path in files)))
    assert time.monotonic() - began < 120
    reasons = {path.name: a.reason for path, a in zip(files, answers, strict=True) if isinstance(a, Lost)}
    assert {name: reason for name, reason in reasons.items() if OF_OURS in reason} == {}
    assert all(str(corpora) not in reason and "/" + path.name not in reason
               for path, reason in zip(files, reasons.values(), strict=False))  # fmt: skip
    assert {path.name for path in Path(tempfile.gettempdir()).glob("thirdeye_pwn*")} == marks
    assert reasons["i01_png_bomb.png"].startswith("has 50000 x 30000 pixels, more than the limit")
    assert reasons["decompression_bomb.gif"] == "claims more pixels than the limit of 300 megapixels"
    assert reasons["i02_ztxt_bomb.png"].startswith("holds a text that grows beyond reason")
    assert (
        reasons["m02_torchzip_pickle.pt"]
        == "is not an image that is read here (it looks like a trained model)"
    )


ARCHIVES = {
    "z01_slip.zip": "leads out of the folder",
    "z02_abs.zip": "the absolute name '/tmp/thirdeye_pwn.txt'",
    "z03_backslash.zip": "leads out of the folder",
    "z04_symlink.zip": "holds a link or device",
    "z05_bomb.zip": "grows to more than 100 MB",
    "z06_nested.zip": "but no image that is read here",
    "z07_many.zip": "holds 20,000 files but no image that is read here",
    "z08_dup.zip": "holds 'a.dcm' twice",
    "z09_not.zip": "is neither a zip nor a tar archive",
    "z10_slip.tar.gz": "leads out of the folder",
}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHIVES)
def test_every_archive_is_refused_and_writes_nothing_outside(
    corpora: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: set[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    shutil.copy(corpora / "generated" / "files" / name, tmp_path / "data" / name)
    with pytest.raises(DataRefused, match=ARCHIVES[name]):
        open_collection(tmp_path / "data" / name, labels_optional=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == [name]
    assert not list((tmp_path / "cache").rglob("*pwn*"))
    assert {path.name for path in Path(tempfile.gettempdir()).glob("thirdeye_pwn*")} == marks


def test_every_archive_of_the_corpora_has_its_expected_end(shared_data: Path) -> None:
    files = shared_data.parent / "corpora" / "generated" / "files"
    if not files.is_dir():
        pytest.skip("the malformed files are not beside the data")
    assert {path.name for path in files.iterdir() if path.name.startswith("z")} == set(ARCHIVES)


@pytest.mark.data
@pytest.mark.slow
def test_the_whole_corpus_as_data(corpora: Path, tmp_path: Path) -> None:
    """All in one folder: the pass ends, and every bad file among the images has its reason."""
    (tmp_path / "data").mkdir()
    for path in files_of(corpora):
        shutil.copy(path, tmp_path / "data" / path.name)
    collection = open_collection(tmp_path / "data", labels_optional=True)
    found = examine(collection)
    errors = found.facts["error"]
    assert 50 < (errors != "").sum() < len(errors)
    assert not errors.str.contains(OF_OURS).any()
    aside = {name for names in collection.leftovers.values() for name in names}
    assert {"m01_pickle.pt", "j04_deep.json"} <= aside
    assert not is_packed(tmp_path / "data")
    assert opened(tmp_path / "data") == tmp_path / "data"


@pytest.mark.data
def test_a_bomb_stays_below_the_memory_limit(corpora: Path) -> None:
    """2 MB that inflate to 2 GB, in a worker that may take 1 GB: refused by its header, or by the limit."""
    name = "n18_gz_bomb.nii.gz"
    with pytest.raises(UnreadableFile, match=rf"{name}: (needs more memory|announces 1024 x 1024 x 1024)"):
        call(pixels_of, corpora / "generated" / "files", name, name=name, memory_bytes=1 << 30)
