"""``thirdeye consent`` and ``--consent`` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def thirdeye(capsys: pytest.CaptureFixture[str]) -> Command:
    """Exit code, stdout and stderr of a command."""
    from thirdeye.cli.main import main

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    folder = tmp_path / "studies" / "first"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.json").write_text("{}")
    (folder / "dataset.csv").write_text("image,patient,split\na.png,MRN-771231,train\nb.png,MRN-2,test\n")
    return tmp_path / "studies"


def test_trace_of_one_patient(thirdeye: Command, studies: Path) -> None:
    code, out, err = thirdeye("consent", "trace", "MRN-771231", studies)
    assert code == 0
    assert "studies/first: patient 1; images: 1 in train" in out
    assert "model/model.json  sha256" in out
    assert "MRN" not in out + err
    assert "in none of these folders" in thirdeye("consent", "trace", "nobody", studies)[1]


def test_trace_of_all_who_have_withdrawn(thirdeye: Command, studies: Path, tmp_path: Path) -> None:
    table = tmp_path / "consent.csv"
    table.write_text("patient,withdrawn\nMRN-771231,2025-01-01\nMRN-2,\n")
    code, out, _ = thirdeye("consent", "trace", "--withdrawn", table, "--json", studies)
    assert code == 0
    content = json.loads(out)
    assert content["patients"] == 1
    assert content["traces"][0]["images"] == {"train": 1}
    assert thirdeye("consent", "trace", "MRN-2")[0] == 2
    assert thirdeye("consent", "trace", "MRN-2", studies, "--as-of", "2026-01-01")[0] == 2


def test_check_with_consent_and_a_page(
    thirdeye: Command, tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data")
    people = dict.fromkeys(
        line.rsplit(",", 1)[1] for line in (data / "cases.csv").read_text().splitlines()[1:]
    )
    rows = [f"{one},{'2025-01-01' if one == 'p4' else ''}" for one in people]
    (tmp_path / "consent.csv").write_text("patient,withdrawn\n" + "\n".join(rows) + "\n")
    code, out, err = thirdeye(
        "check", data, "--consent", tmp_path / "consent.csv", "--out", tmp_path / "study"
    )
    assert code == 0, err
    assert "1 patient with 1 image left out (1 withdrawn)" in out
    assert "p4" not in out + err
    assert "consent.withdrawn" in (tmp_path / "study" / "findings.json").read_text()
