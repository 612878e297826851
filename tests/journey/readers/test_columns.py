from __future__ import annotations

from thirdeye.journey.readers.columns import COLUMNS, recognised


def test_columns_are_known_in_any_case() -> None:
    assert recognised(["Reader ID", "CaseID", "Score"], "reader") == "Reader ID"
    assert recognised(["Reader ID", "CaseID", "Score"], "case") == "CaseID"
    assert recognised(["Reader ID", "CaseID", "Score"], "rating") == "Score"
    assert recognised(["x"], "truth") is None


def test_no_name_stands_for_two_roles() -> None:
    names = [name for known in COLUMNS.values() for name in known]
    assert len(names) == len(set(names))
