"""What headers say becomes columns; what the user's table says stays."""

from __future__ import annotations

import pandas as pd

from thirdeye.dataset.header_columns import with_header_columns


def test_header_facts_become_columns() -> None:
    rows = pd.DataFrame({"image": ["a", "b", "c"], "view": ["PA", "", "AP"]})
    facts = pd.DataFrame(
        {
            "manufacturer": ["Acme", None, " Beta "],
            "modality": ["", "", ""],
            "view": ["x", "x", "x"],
        },
        index=["c", "b", "a"],
    )
    found = with_header_columns(rows, facts)
    assert found["manufacturer"].tolist() == ["Beta", "", "Acme"]
    assert found["view"].tolist() == ["PA", "", "AP"]
    assert "modality" not in found
    assert not found.isna().any(axis=None)


def test_an_image_without_facts_has_none() -> None:
    rows = pd.DataFrame({"image": ["a", "b"]})
    facts = pd.DataFrame({"laterality": ["L"]}, index=["a"])
    assert with_header_columns(rows, facts)["laterality"].tolist() == ["L", ""]
