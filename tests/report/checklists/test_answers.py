from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused
from thirdeye.report.checklists.answers import ask, load_answers, read_answers, template, write_answers


def test_answers_stay_until_they_are_given_again(tmp_path: Path) -> None:
    study = Study(tmp_path)
    assert read_answers(study) == {}
    write_answers(study, {"funding": "A fund.", "ethics": " Board 7 "})
    write_answers(study, {"funding": "Another fund."})
    assert read_answers(study) == {"funding": "Another fund.", "ethics": "Board 7"}


def test_only_open_questions_are_asked() -> None:
    asked = []

    def prompt(topic: str, question: str) -> str:
        asked.append(topic)
        return "Yes" if topic == "ethics" else ""

    assert ask({"funding": "A fund."}, prompt) == {"ethics": "Yes"}
    assert "funding" not in asked
    assert "results" not in asked  # a run knows them


def test_the_form_is_yaml_that_can_be_filled(tmp_path: Path) -> None:
    text = template({"funding": 'A "fund": 3'})
    assert yaml.safe_load(text) == {"funding": 'A "fund": 3'}
    (tmp_path / "a.yaml").write_text(text.replace("#ethics: ", "ethics: Board 7"), encoding="utf-8")
    assert load_answers(tmp_path / "a.yaml") == {"funding": 'A "fund": 3', "ethics": "Board 7"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a list", "expected one 'topic: text' each, got list"),
        ("results: good", "nothing asks for 'results'"),
        ("funding: [1, 2]", "must be a text"),
        ("a: b: c", "cannot be read"),
        ("!!python/object/apply:os.system ['true']", "cannot be read"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataRefused, match=words):
        load_answers(tmp_path / "a.yaml")


def test_a_foreign_answers_file_is_refused(tmp_path: Path) -> None:
    Study(tmp_path).write_json("answers.json", {"version": 9, "answers": {}})
    with pytest.raises(DataRefused, match="version 9"):
        read_answers(Study(tmp_path))
