"""`thirdeye read --map`: another method's heat map, asked for by a person."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from click import UsageError as ClickUsageError
from click.testing import CliRunner, Result

from thirdeye.cli.read import command
from thirdeye.errors import UsageError
from thirdeye.inference.opine import NOT_EXAMINED

_FILE = Path(__file__).resolve().parents[1] / "inference" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("inference_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
blob_study = _MODULE.blob_study


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A picture with a bright blob at the upper left."""
    made = _MODULE.make_blob_image(np.random.default_rng(3), positive=True, at=(10, 10))
    PIL.Image.fromarray(made.pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def drawn(study: Path, image: Path, method: str) -> dict:
    result = run(study, image, "--map", method, "--json", "--out", image.parent / method)
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


@pytest.mark.parametrize("method", ["occlusion", "rise"])
def test_the_map_of_a_method_is_drawn_and_its_state_is_told(
    blob_study: Path, image: Path, method: str
) -> None:
    opinion = drawn(blob_study, image, method)
    assert opinion["heat_map"]["method"] == method
    assert opinion["heat_map"]["passed_sanity"] is None
    assert NOT_EXAMINED in opinion["warnings"]
    with PIL.Image.open(image.parent / method / opinion["heat_map"]["file"]) as picture:
        assert picture.width > 0


def test_the_map_of_a_method_is_another_picture(blob_study: Path, image: Path) -> None:
    pictures = []
    for method in ("cam", "occlusion"):
        name = drawn(blob_study, image, method)["heat_map"]["file"]
        pictures.append((image.parent / method / name).read_bytes())
    assert pictures[0] != pictures[1]


def test_a_page_names_the_method(blob_study: Path, image: Path) -> None:
    page = image.parent / "page.html"
    assert run(blob_study, image, "--map", "occlusion", "--html", page).exit_code == 0
    assert "occlusion" in page.read_text(encoding="utf-8")


def test_an_unknown_method_is_refused(blob_study: Path, image: Path) -> None:
    result = run(blob_study, image, "--map", "magic", "--out", image.parent / "maps")
    assert isinstance(result.exception, UsageError)
    assert "magic" in str(result.exception)
    assert "occlusion" in str(result.exception)


def test_a_map_that_nobody_would_see_is_refused(blob_study: Path, image: Path) -> None:
    result = run(blob_study, image, "--map", "occlusion")
    assert result.exit_code == ClickUsageError.exit_code
    assert "--html or --out" in result.output
