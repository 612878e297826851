"""What a reader has not been validated on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd

from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.journey.validated.groups import Cases
from thirdeye.journey.validated.unvalidated import unvalidated_of

NOBODY = Cases(pd.DataFrame({"patient": ["p"]}), [], "patient")


def said(evidence: dict[str, Any], **facts: Any) -> str:
    known = cast(Fingerprint, SimpleNamespace(**{"modalities": {}, "sites": {}, **facts}))
    return "\n".join(unvalidated_of(evidence, known, NOBODY))


BINARY = {
    "task": "binary",
    "classes": ["healthy", "ill"],
    "positive": "ill",
    "sets": {"test": {"n": 40, "n_by_class": {"healthy": 33, "ill": 7}, "prevalence": {"value": 0.175}}},
}


def test_a_reader_that_was_never_elsewhere() -> None:
    found = said(BINARY, sites={"north": 20, "south": 20}, modalities={"CR": 40})
    assert (
        "no data from elsewhere have been measured. All cases come from the data of this study (north, south)"
        in found
    )
    assert "Kinds of images other than CR." in found
    assert "Conditions other than healthy, ill: whatever a case has, it gets one of these answers." in found
    assert "With fewer than 10 cases in the test part: ill (7)." in found
    assert "ill is much rarer or more common than here (18 of 100 test cases)" in found


def test_external_data_are_named_with_their_size() -> None:
    sets = {**BINARY["sets"], "external:clinic": {"n": 120}}
    found = said({**BINARY, "sets": sets})
    assert "Other hospitals and scanners, but for these external data: clinic (120 cases)." in found
    sets["external:clinic"] |= {"by_case": {"n": 40, "unit": "lesion"}}
    assert "clinic (40 lesions)" in said({**BINARY, "sets": sets})


def test_a_reader_of_marks_finds_nothing_else() -> None:
    found = said({"task": "segmentation", "classes": ["polyp"], "positive": None, "sets": {"test": {}}})
    assert "Findings other than polyp: it marks nothing else." in found
    assert "100 test cases" not in found
