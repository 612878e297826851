"""The evidence of a finding in tables and words."""

from __future__ import annotations

from thirdeye.report.document import Facts, Table
from thirdeye.report.trial.evidence import accused_places, case_lines, evidence_blocks, plain, title

METRIC = {
    "name": "auc",
    "value": 0.8,
    "ci_low": 0.7,
    "ci_high": 0.9,
    "n": 40,
    "convention": "ties count half",
}


def test_values_as_a_person_writes_them() -> None:
    assert plain(1234567) == "1,234,567"
    assert plain(-0.12345) == "−0.123"
    assert plain(True) == "yes"
    assert plain(None) == "–"
    assert plain([1, "a"]) == "1, a"
    assert plain({"a": 1, "b": 2.5}) == "a 1, b 2.5"
    assert plain(METRIC) == "0.800 (0.700 to 0.900)"
    assert title("pooled_auc") == "Pooled AUC"


def test_a_table_is_cut_and_says_so() -> None:
    rows = [[i, i / 7] for i in range(50)]
    (table,) = evidence_blocks({"table": {"columns": ["site", "AUC +-"], "rows": rows}}, ())
    assert isinstance(table, Table)
    assert len(table.rows) == 30
    assert table.notes == ("20 further rows are in findings.json.",)
    assert [column.title for column in table.columns] == ["Site", "AUC ±"]
    assert [column.numeric for column in table.columns] == [False, True]


def test_a_measure_is_told_once() -> None:
    other = {**METRIC, "value": 0.6}
    (table,) = evidence_blocks({"auc": METRIC, "of_classes": {"a": METRIC, "b": other}, "same": METRIC}, ())
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["AUC", "Of classes: b"]
    assert table.notes == ("Ties count half.",)


def test_what_the_message_says_is_not_repeated() -> None:
    evidence = {"groups": 22, "images": 47, "kind": "not_an_image", "declared": True, "seen": 5, "none": 0}
    (facts,) = evidence_blocks(evidence, (), "22 groups (47 images).")
    assert isinstance(facts, Facts)
    assert facts.pairs == (("Seen", "5"),)


def test_what_is_said_of_one_case_stands_with_it() -> None:
    evidence = {"about": {"a": "too dark"}, "reasons": {"a": "broken", "b": "empty"}, "counts": {"x": 3}}
    assert case_lines(evidence, "a") == ("too dark", "Reasons: broken")
    assert case_lines(evidence, "c") == ()
    (table,) = evidence_blocks(evidence, {"a", "b"})
    assert isinstance(table, Table)
    assert table.rows == (("x", "3"),)


def test_boxes_are_found_in_a_table() -> None:
    table = {
        "columns": ["image", "name", "x min", "y min", "x max", "y max"],
        "rows": [["a", "RBC", 1, 2, 3, 4]],
    }
    assert accused_places({"table": table}) == {"a": [(1.0, 2.0, 3.0, 4.0)]}
    assert accused_places({"table": {"columns": ["image"], "rows": [["a"]]}}) == {}
    assert accused_places({}) == {}
