"""The section that shows one opinion and the gaps of the evidence."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from thirdeye.case.study import Study
from thirdeye.inference.validated import VALIDATED_FILE
from thirdeye.report.document import Bullets
from thirdeye.report.evidence import Evidence
from thirdeye.report.sections.opinion import opinion_section

OPINION = "A case\n  ill: 41 %\n  alike: 2\n    for ill: a, b\n      and c\n  note\n    well"


def evidence(folder: Path, examples: list[Any]) -> Evidence:
    return cast(Evidence, SimpleNamespace(study=Study(folder), examples={"examples": examples}, called={}))


def test_the_first_opinion_and_every_gap(tmp_path: Path) -> None:
    known = evidence(
        tmp_path,
        [
            {"kind": "right"},
            {"opinion": OPINION},
            {"opinion": "another"},
        ],
    )
    known.study.write_json(VALIDATED_FILE, {"unvalidated": ["Children: none.", 7]})
    section = opinion_section(known)
    assert section is not None
    assert Bullets(("ill: 41%", "alike: 2", "for ill: a, b and c", "note well")) in section.blocks
    assert Bullets(("Children: none.",)) in section.blocks
    assert section.title == "How an opinion reads"


def test_gaps_alone_are_not_called_an_opinion(tmp_path: Path) -> None:
    known = evidence(tmp_path, [])
    known.study.write_json(VALIDATED_FILE, {"unvalidated": ["Children: none."]})
    section = opinion_section(known)
    assert section is not None
    assert section.title == "What opinions leave open"


def test_a_study_without_either_has_no_such_section(tmp_path: Path) -> None:
    assert opinion_section(evidence(tmp_path, [{"kind": "right"}])) is None


def test_damage_does_not_stop_a_report(tmp_path: Path) -> None:
    known = evidence(tmp_path, ["nonsense", {"opinion": 7}])
    known.study.write_text(VALIDATED_FILE, "[1")
    assert opinion_section(known) is None
