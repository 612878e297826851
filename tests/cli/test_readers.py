from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    truth = np.arange(24) % 2
    rows = [
        {"reader": reader, "case": f"c{n}", "test": test, "truth": truth[n], "rating": round(value, 2)}
        for reader in ("a", "b", "c")
        for test, gain in (("film", 1.0), ("digital", 1.6))
        for n, value in enumerate(rng.normal(truth * gain, 1))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_from_design_to_answer(thirdeye: Callable[..., Any], table: Path, tmp_path: Path) -> None:
    pd.DataFrame({"case": [f"c{n}" for n in range(24)]}).to_csv(tmp_path / "cases.csv", index=False)
    study = tmp_path / "study"
    made = thirdeye("readers", "design", tmp_path / "cases.csv", "--readers", "a, b, c", "--out", study)
    assert made.code == 0
    assert "lists/reader-03-session-1.csv" in made.out
    brought = thirdeye("readers", "import", table, study)
    assert "Every reader and case of the design has readings." in brought.out
    said = thirdeye("readers", "analyse", study)
    assert said.code == 0
    assert "difference film - digital: -" in said.out
    assert (study / "analysis.html").is_file()
    planned = thirdeye("readers", "size", "--effect", "0.1", "--pilot", study / "analysis.json", "--json")
    assert json.loads(planned.out)["effect"] == 0.1


def test_json_alone_on_stdout(thirdeye: Callable[..., Any], table: Path) -> None:
    said = thirdeye("readers", "analyse", table, "--random", "cases", "--json")
    assert json.loads(said.out)["tests"]["conclusion"] == "these readers only, other cases"


def test_wrong_usage(thirdeye: Callable[..., Any], table: Path) -> None:
    said = thirdeye("readers", "analyse", table, "--column", "score")
    assert said.code == 2
    assert "expected ROLE=COLUMN" in said.err
    assert thirdeye("readers", "size", "--effect", "0.05", "--readers", "few").code == 2


def test_the_command_knows_every_figure_and_design() -> None:
    from typing import get_args

    from thirdeye.cli.readers import _DESIGNS, _MERITS
    from thirdeye.evaluation.readers.free_response import FREE_RESPONSE
    from thirdeye.evaluation.readers.lists import Design
    from thirdeye.evaluation.readers.merit import MERITS

    assert set(_MERITS) == {*MERITS, *FREE_RESPONSE}
    assert set(_DESIGNS) == set(get_args(Design))
