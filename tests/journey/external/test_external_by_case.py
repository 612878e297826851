"""External cases of several images and clinical variables, on made-up evidence."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

from thirdeye.case.study import Study
from thirdeye.cli.external_text import _whole_cases
from thirdeye.evaluation.document import evaluation_document, evaluation_schema
from thirdeye.inference.fusion.model import NAME
from thirdeye.journey.external.by_case import TWO_LABELS, join_whole_cases
from thirdeye.journey.external.files import external_predictions_csv
from thirdeye.journey.external.measuring import Read
from thirdeye.journey.fusion.measuring import join_cases
from thirdeye.journey.scoring import DECIDED, Scored
from thirdeye.report.document import Document, Section
from thirdeye.report.html import render_html
from thirdeye.report.sections.fusion import case_blocks
from thirdeye.report.sets import EvidenceSet

_SPEC = importlib.util.spec_from_file_location(
    "fusion_step", Path(__file__).resolve().parents[1] / "fusion" / "test_step.py"
)
step = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(step)
fitted, CASES, CLASSES = step.fitted, step.CASES, step.CLASSES


def scored_of(seed: int) -> Scored:
    material, probabilities, features = step.material(seed)
    return Scored(material, np.arange(2 * CASES), probabilities, None, features)


def read_of(place: Study, held: Any, trust: dict[str, Any], scored: Scored, group: str = "patient") -> Read:
    """As `read_cases` leaves external images, with the test part measured before."""
    reader, test = step.manifest(trust), {}
    join_cases(place, test, scored_of(1), held.plan, reader, patients_known=True)
    place.write_json("evaluation.json", {"sets": {"test": test}})
    cases = SimpleNamespace(patients_known=True, collection=SimpleNamespace(group=group))
    return Read(place, held.plan, reader, None, cases, scored, None)


def joined(case: Read, reasons: list[str] | None = None) -> tuple[dict[str, Any], Any]:
    entry: dict[str, Any] = {"warnings": ["before"]}
    n = len(case.scored.rows)
    return entry, join_whole_cases(case, entry, "external:b", [""] * n if reasons is None else reasons)


def test_cases_are_decided_from_all_their_images_as_on_the_test_part(fitted: Any) -> None:
    place, held, trust = fitted
    entry, decided = joined(read_of(place, held, trust, scored_of(1)))
    test = place.read_json("evaluation.json")["sets"]["test"]
    for name in ("metrics", "operating_points", "comparisons", "uncertainty", "fusion"):
        assert json.loads(json.dumps(entry["by_case"][name])) == test["by_case"][name]  # the very same cases
    assert entry["clinical"]["techniques"] == json.loads(json.dumps(test["clinical"]["techniques"]))
    assert entry["by_case"]["discrimination"]["difference"]["value"] == 0
    assert entry["by_case"]["within_envelope"]["note"].startswith(
        "The reader would give an opinion on every case"
    )
    assert entry["warnings"] == ["before"]
    assert len(decided.rows) == CASES
    document = evaluation_document(
        task="multiclass", positive=None, unit="image", classes=CLASSES,
        sets={"external:b": {**entry["by_case"], **entry}},
    )  # fmt: skip
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), evaluation_schema())


def test_images_outside_the_envelope_do_not_count_and_cases_without_any_other_are_told(fitted: Any) -> None:
    place, held, trust = fitted
    reasons = [""] * (2 * CASES)
    reasons[0] = reasons[2] = reasons[3] = "too dark (3)"  # one image of the first case, both of the second
    within = joined(read_of(place, held, trust, scored_of(1)), reasons)[0]["by_case"]["within_envelope"]
    assert (within["n"], within["n_abstained"], within["reasons"]) == (CASES - 1, 1, {"too dark": 3})
    assert "on 1 of 150 cases" in within["note"]
    assert {metric["n"] for metric in within["metrics"] if metric["name"] == "auc_macro"} == {CASES - 1}
    nothing = joined(read_of(place, held, trust, scored_of(1)), ["dark"] * 2 * CASES)[0]
    assert nothing["by_case"]["within_envelope"]["n"] == 0


def test_cases_of_two_labels_are_counted_and_left_out(fitted: Any) -> None:
    place, held, trust = fitted
    scored = scored_of(1)
    rows = scored.material.rows.copy()
    rows.loc[0, "label"] = next(name for name in CLASSES if name != rows.loc[1, "label"])
    mixed = replace(scored, material=replace(scored.material, rows=rows))
    entry, decided = joined(read_of(place, held, trust, mixed))
    assert entry["by_case"]["n"] == CASES - 1 == len(decided.rows)
    assert entry["by_case"]["n_excluded"] == {TWO_LABELS: 1}
    assert entry["warnings"][0] == f"1 case left out of what is told per case: {TWO_LABELS}."


def test_data_without_the_variables_are_decided_by_images_alone_and_other_spellings_are_known(
    fitted: Any,
) -> None:
    place, held, trust = fitted
    scored = scored_of(1)
    rows = scored.material.rows
    bare = replace(scored, material=replace(scored.material, rows=rows.drop(columns="Age")))
    entry, decided = joined(read_of(place, held, trust, bare))
    assert "clinical" not in entry
    assert "no column for the clinical variables of the reader (Age)" in entry["warnings"][0]
    spelt = replace(scored, material=replace(scored.material, rows=rows.rename(columns={"Age": "AGE"})))
    other, with_age = joined(read_of(place, held, trust, spelt))
    assert other["clinical"]["kept"]
    assert not np.allclose(with_age.probabilities, decided.probabilities)


def test_lesions_need_a_column_that_names_them(fitted: Any) -> None:
    place, held, trust = fitted
    lesions = json.loads(json.dumps(trust))
    lesions[NAME]["unit"] = "lesion"
    scored = scored_of(1)
    entry, decided = joined(read_of(place, held, lesions, scored))
    assert decided is None
    assert "name one with --patient" in entry["warnings"][0]
    assert "by_case" not in entry
    assert joined(read_of(place, held, lesions, scored, "lesion_id"))[0]["by_case"]["n"] == CASES


def test_a_reader_of_single_images_has_no_cases(fitted: Any) -> None:
    place, held, trust = fitted
    case = replace(read_of(place, held, trust, scored_of(1)), manifest=step.manifest({}))
    assert joined(case) == ({"warnings": ["before"]}, None)


def test_predictions_terminal_and_report_tell_the_cases(fitted: Any) -> None:
    place, held, trust = fitted
    case = read_of(place, held, trust, scored_of(1))
    entry, decided = joined(case)
    last = (decided.rows, decided.probabilities)
    text = external_predictions_csv(held.plan, "external:b", case.scored, [""] * 2 * CASES, last)
    table = pd.read_csv(StringIO(text), keep_default_na=False)
    rows = table[table["source"] == DECIDED]
    assert set(rows["split"]) == {"external:b"}
    assert set(rows["image"]) == {""}
    np.testing.assert_allclose(
        rows[f"probability_{CLASSES[0]}"].astype(float), decided.probabilities[:, 0], rtol=1e-5
    )
    assert "  Per case (150, from 300 images):" in _whole_cases(entry)
    part = EvidenceSet("external:b", {**entry["by_case"], **entry}, "image")
    said = render_html(Document("t", "s", "n", (Section("x", "y", tuple(case_blocks(part))),), "i"))
    assert "What the further images of a case add, on external data “b”" in said
    assert "here nothing is promised" in said
    assert "Ways to decide a case" not in said
