"""The notebooks of the teaching recipes run from first cell to last, in this process: they are small."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

import thirdeye.recipes.rows  # noqa: F401 - enters the recipes
from thirdeye.recipes.registry import RECIPES

FOLDER = Path(__file__).resolve().parents[1] / "notebooks" / "recipes"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_every_teaching_recipe_has_one() -> None:
    teaching = {name for name, recipe in RECIPES if recipe.demonstrate is not None}
    assert {path.stem for path in NOTEBOOKS} == teaching


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_is_stored_without_output(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {}
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells):
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        exec(compile(cell.source, f"{path.name}, code cell {number}", "exec"), namespace)
    printed = capsys.readouterr().out
    assert "Compared with what is known beforehand" in printed
    assert "DIFFERS" not in printed
