"""`thirdeye read` as a user sees it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import PIL.Image
import pytest
from click.testing import CliRunner, Result

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.cli.read import command
from thirdeye.errors import DataRefused, StageFailed, StudyMismatch, UsageError

_FILE = Path(__file__).resolve().parents[1] / "inference" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("inference_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
blob_study = _MODULE.blob_study
HEAVY = ("torch", "pandas", "scipy", "sklearn", "matplotlib", "jinja2", "pydicom")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four readable images, one of them under a hostile name, and a text file."""
    made = tmp_path / "images"
    made.mkdir()
    random = np.random.default_rng(3)
    for k, name in enumerate(["a.png", "b.png", "c d é.png", "new\nline<b>.png"]):
        PIL.Image.fromarray(_MODULE.make_blob_image(random, positive=bool(k % 2)).pixels).save(made / name)
    (made / "notes.txt").write_text("not an image")
    return made


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_text_says_what_and_that_it_is_research(blob_study: Path, folder: Path) -> None:
    result = run(blob_study, folder / "a.png", folder / "b.png")
    assert result.exit_code == 0, result.exception
    assert result.output.count("Reader: ") == 1
    assert "negative at the balanced point (Youden)" in result.output
    assert "positive at the balanced point (Youden)" in result.output
    assert result.output.rstrip().endswith(RESEARCH_USE)


@pytest.mark.parametrize("count", [1, 4])
def test_json_is_one_object_a_line(blob_study: Path, folder: Path, repository: Path, count: int) -> None:
    wanted = json.loads((repository / "src/thirdeye/case/schema/opinion.json").read_text())
    result = run(blob_study, *sorted(folder.glob("*.png"))[:count], "--json", "--out", folder / "maps")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert len(lines) == count
    for line in lines:
        jsonschema.validate(line, wanted)
        assert (folder / "maps" / line["heat_map"]["file"]).is_file()


def test_a_folder_is_searched_for_images(blob_study: Path, folder: Path) -> None:
    result = run(blob_study, folder, "--json")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 4


def test_a_bad_file_is_told_and_the_rest_goes_on(blob_study: Path, folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run(
        blob_study, folder / "a.png", folder / "bad.png", folder / "b.png", folder / "none.png", "--json"
    )
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [set(line) == {"source", "error"} for line in lines] == [False, True, False, True]
    assert isinstance(result.exception, DataRefused)
    assert result.exception.exit_code == 3
    assert "2 of 4 files" in str(result.exception)


def test_a_folder_without_images_is_refused(blob_study: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(blob_study, tmp_path / "empty")
    assert isinstance(result.exception, DataRefused)
    assert "no image" in str(result.exception)


def test_the_page_holds_every_case(blob_study: Path, folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"no")
    run(blob_study, folder, "--html", folder / "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert page.count("<article>") == 5
    assert page.count("data:image/png;base64,") == 8
    assert "line<b>" not in page
    assert page.endswith("</html>\n")
    assert not list(folder.glob(".*part"))


def test_maps_are_pictures_with_safe_names(blob_study: Path, folder: Path) -> None:
    run(blob_study, folder, "--out", folder / "maps")
    names = sorted(path.name for path in (folder / "maps").iterdir())
    assert names == ["0001_a.png", "0002_b.png", "0003_c_d.png", "0004_new_line_b.png"]
    with PIL.Image.open(folder / "maps" / names[1]) as picture:
        assert picture.mode == "RGB"
        assert picture.height == 512


def test_missing_study_is_wrong_usage_and_edited_network_a_failed_stage(
    blob_study: Path, folder: Path
) -> None:
    missing = run(folder / "nowhere", folder / "a.png").exception
    assert isinstance(missing, UsageError)
    assert missing.exit_code == 2
    import shutil

    copied = Path(shutil.copytree(blob_study, folder / "copy"))
    with (copied / "model/model.onnx").open("ab") as stream:
        stream.write(b"x")
    edited = run(copied, folder / "a.png").exception
    assert isinstance(edited, StudyMismatch)
    assert edited.exit_code == 4


@pytest.mark.parametrize("beside", ["--watch", "--with", "--recalibration"])
@pytest.mark.parametrize("option", [("--case",), ("--clinical", "age=63"), ("--table", "t.csv")])
def test_what_would_do_nothing_is_refused(
    blob_study: Path, folder: Path, beside: str, option: tuple[str, ...]
) -> None:
    files = [] if beside == "--watch" or option[0] == "--table" else [folder / "a.png"]
    result = run(blob_study, *files, beside, blob_study, *option)
    assert result.exit_code == 2
    assert f"{option[0]} does not go together with {beside}" in result.output


def test_several_readers_without_images_say_so(blob_study: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(blob_study, tmp_path / "empty", "--with", blob_study)
    assert isinstance(result.exception, DataRefused)
    assert "no image was found under" in str(result.exception)


@pytest.mark.parametrize("option", ["--html", "--out"])
def test_a_place_that_cannot_be_written_is_named(blob_study: Path, folder: Path, option: str) -> None:
    result = run(blob_study, folder / "a.png", option, folder / "notes.txt" / "x")
    assert isinstance(result.exception, StageFailed)
    assert option in str(result.exception)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_page_on_a_full_disk_is_named(blob_study: Path, folder: Path) -> None:
    page = folder / "page.html"
    page.with_name(".page.html.part").symlink_to("/dev/full")
    result = run(blob_study, folder / "a.png", "--html", page)
    assert isinstance(result.exception, StageFailed)
    assert str(page) in str(result.exception)
    assert "No space left" in str(result.exception)
    assert sorted(path.name for path in folder.glob("*page*")) == []


def test_without_files_it_is_wrong_usage(blob_study: Path) -> None:
    assert run(blob_study).exit_code == 2


def test_reading_loads_nothing_heavy(blob_study: Path, folder: Path) -> None:
    program = (
        "import sys\n"
        "from thirdeye.cli.read import command\n"
        "command(standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    arguments = [
        str(blob_study),
        str(folder / "a.png"),
        "--out",
        str(folder / "m"),
        "--html",
        str(folder / "p.html"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""
