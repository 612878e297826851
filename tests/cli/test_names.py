"""``thirdeye names`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from thirdeye.cli.names import command
from thirdeye.errors import StudyMismatch


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    classes = ["akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"]
    (folder / "plan.json").write_text(json.dumps({"values": {"classes": {"value": classes}}}))
    return folder


def names(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)


def test_recognised_given_and_switched_off(study: Path, tmp_path: Path) -> None:
    shown = names(study)
    assert "recognised as the classes of HAM10000" in shown.output
    assert "melanoma / mélanome" in shown.output
    assert not (study / "names.json").exists()
    (tmp_path / "names.csv").write_text("class,name\nmel,black mole\n")
    assert "mel    black mole\n" in names(study, tmp_path / "names.csv").output
    assert json.loads(names(study, "--json").output)["names"] == {"mel": {"en": "black mole"}}
    assert "each class stands for itself" in names(study, "--none").output
    assert "melanoma" not in names(study).output


def test_names_that_call_two_classes_alike_are_not_taken(study: Path) -> None:
    kept = {"version": 1, "source": "by hand", "names": {"mel": {"en": "mole"}, "nv": {"en": "mole"}}}
    (study / "names.json").write_text(json.dumps(kept))
    with pytest.raises(StudyMismatch, match="called 'mole'"):
        names(study)


def test_a_file_and_none_do_not_go_together(study: Path, tmp_path: Path) -> None:
    assert names(study, tmp_path / "names.csv", "--none").exit_code == 2
    assert not (study / "names.json").exists()
