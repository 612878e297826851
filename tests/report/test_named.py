"""The report calls classes by their names wherever a file holds one, and nothing else is touched."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from thirdeye.case.names import ClassNames
from thirdeye.report.evidence import read_evidence
from thirdeye.report.named import named_examples, named_table, named_tree
from thirdeye.report.sections.data import names_blocks

NAMES = ClassNames({"1": {"en": "ill"}, "0": {"en": "sound"}}, "given in names.csv")


def test_classes_are_named_where_a_field_holds_them_and_numbers_stay() -> None:
    tree = {
        "classes": ["0", "1"],
        "sets": {"test": {
            "metrics": [{"name": "auc", "class": "1", "value": 1}, {"name": "fp", "operating_point": "1"}],
            "n_by_class": {"0": 7, "1": 3},
            "froc": {"1": 0.5, "rates": ["1", "4"]},
            "audits": [{"numbers": {"counts": {"1": 3}}}],
        }},
    }  # fmt: skip
    before = json.dumps(tree)
    found = named_tree(tree, NAMES.of, ("0", "1"))
    part = found["sets"]["test"]
    assert found["classes"] == ["sound", "ill"]
    assert [one.get("class") for one in part["metrics"]] == ["ill", None]
    assert part["metrics"][1]["operating_point"] == "1"
    assert part["n_by_class"] == {"sound": 7, "ill": 3}
    assert part["froc"] == {"1": 0.5, "rates": ["1", "4"]}
    assert part["audits"][0]["numbers"]["counts"] == {"ill": 3}
    assert json.dumps(tree) == before


def test_a_class_called_like_a_field_takes_its_place_nowhere() -> None:
    names = ClassNames({"df": {"en": "dermatofibroma"}, "nv": {"en": "naevus"}}, "given in names.csv")
    tree = {
        "hosmer_lemeshow": {"chi2": 3.1, "df": 8},
        "test": {"df": 8, "n": 7},
        "counts": {"df": 2, "nv": 5},
    }
    found = named_tree(tree, names.of, ("df", "nv"))
    assert found == {**tree, "counts": {"dermatofibroma": 2, "naevus": 5}}


def test_tables_of_cases_and_predictions() -> None:
    table = pd.DataFrame({"image": ["1", "2"], "label": ["1", "0|1"], "probability_1": ["0.9", "0.2"]})
    found = named_table(table, NAMES.of)
    assert found is not None
    assert list(found.columns) == ["image", "label", "probability_ill"]
    assert list(found["label"]) == ["ill", "sound|ill"]
    assert list(found["image"]) == ["1", "2"]
    assert named_table(None, NAMES.of) is None


def test_the_words_of_an_example() -> None:
    text = (
        "A case of the test part\n  mel: 93 %\n  Of 100 such cases in validation, 61 were labelled mel (95 % "
        "interval 51 to 70; n = 98).\n  Answers left: Only “mel” is left.\n  Of the 5 past cases that look "
        "most alike: 4 mel and 1 nv.\n    for mel: caramel.png (mel, similarity 0.90)"
    )
    called = {"mel": "melanoma", "nv": "naevus"}
    (found,) = named_examples({"examples": [{"opinion": text}]}, called)["examples"]
    words = text.replace("caramel", "CARAM").replace("mel", "melanoma").replace("nv", "naevus")
    assert found["opinion"] == words.replace("CARAM", "caramel")


@pytest.fixture
def study(tmp_path):
    values = {"classes": {"value": ["0", "1"]}, "positive": {"value": "1"}, "task": {"value": "binary"}}
    (tmp_path / "plan.json").write_text(json.dumps({"values": values}))
    (tmp_path / "names.json").write_text(json.dumps(NAMES.as_json()))
    (tmp_path / "dataset.csv").write_text("image,patient,label,split\na.png,p,1,train\n")
    return tmp_path


def test_the_evidence_of_a_study_with_names(study) -> None:
    evidence = read_evidence(study)
    assert evidence.classes == ("sound", "ill")
    assert evidence.positive == "ill"
    assert list(evidence.dataset["label"]) == ["ill"]
    (table,) = names_blocks(evidence)
    assert table.rows == (("sound", "0"), ("ill", "1"))
    assert "given in names.csv" in table.notes[0]


def test_damaged_names_are_told_and_the_report_goes_on(study) -> None:
    (study / "names.json").write_text("{}")
    evidence = read_evidence(study)
    assert evidence.classes == ("0", "1")
    assert "thirdeye names STUDY FILE" in evidence.unreadable["names.json"]
    assert names_blocks(evidence) == []
