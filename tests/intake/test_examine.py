from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.examine import examine, refuse_if_blocked
from thirdeye.intake.facts import ImageFacts
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection


def test_facts_follow_the_images_and_progress_is_told(class_folders: Callable[..., Path]) -> None:
    collection = open_collection(class_folders({"no": 20, "yes": 20}))
    told: list[tuple[int, int]] = []
    examination = examine(collection, progress=lambda done, of: told.append((done, of)))
    assert list(examination.facts.index) == list(collection.rows["image"])
    assert {field.name for field in fields(ImageFacts)} <= {examination.facts.index.name, *examination.facts}
    assert told == [(n, 40) for n in range(1, 41)]
    assert (examination.facts["height"] == 8).all()


def test_errors_come_first(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"no": 6, "yes": 2})
    (folder / "no" / "0.png").write_bytes(b"")
    severities = [finding.severity for finding in examine(open_collection(folder)).findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert severities[0] == "error"


def test_an_interruption_ends_the_pass(class_folders: Callable[..., Path]) -> None:
    collection = open_collection(class_folders({"no": 30, "yes": 30}))

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine(collection, progress=stop)


def test_refusal_is_one_sentence_with_its_remedy() -> None:
    info = Finding(check="a", severity="info", message="Fine.")
    error = Finding(check="b", severity="error", message="It is broken.", remedy="Mend it")
    refuse_if_blocked([info])
    with pytest.raises(DataRefused, match=r"^It is broken\. Mend it$"):
        refuse_if_blocked([info, error])
    with pytest.raises(DataRefused, match=r"Mend it \(1 more: thirdeye check lists them\)$"):
        refuse_if_blocked([error, error])


def test_every_finding_says_what_to_do_and_why(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"no": 6, "yes": 2})
    (folder / "no" / "0.png").write_bytes(b"x")
    (folder / "no" / "1.png").write_bytes((folder / "no" / "2.png").read_bytes())
    findings = examine(open_collection(folder)).findings
    assert len(findings) >= 4
    for finding in findings:
        assert finding.check in CHECKS.names()
        assert finding.message.endswith(".")
        assert finding.remedy or finding.severity == "info"
        assert finding.source
        assert finding.as_json()["check"] == finding.check
