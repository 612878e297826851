from __future__ import annotations

import os
from pathlib import Path

import pytest

from thirdeye.intake.reference import as_path, as_reference, readable

LATIN = os.fsdecode(b"b\xe9nin/x\xff.png")


@pytest.mark.parametrize("name", ["a b.png", "é\n.png", LATIN, "\uf7e9.png"])
def test_references_are_text_and_lead_back(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    reference = as_reference(name)
    assert reference.encode("utf-8")
    assert as_path(tmp_path, reference).read_bytes() == b"x"


def test_names_for_people() -> None:
    assert readable(LATIN) == readable(as_reference(LATIN)) == "bénin/xÿ.png"
    assert readable("bénin") == "bénin"
