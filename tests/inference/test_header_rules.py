"""Headers: what most development images say is a rule for new ones; what few say is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.inference.header_facts import HeaderFacts, header_facts
from thirdeye.inference.header_rules import header_oddities, header_reasons, summarise_headers

USUAL = HeaderFacts("PA", "CHEST", "MONOCHROME2", 0.15, 50.0)
SEEN = summarise_headers(
    [replace(USUAL, age_years=age, spacing_mm=0.1 + age / 1000) for age in range(20, 81)]
)


def test_the_usual_is_passed_in_silence() -> None:
    assert header_reasons(USUAL, SEEN) == header_oddities(USUAL, SEEN) == []
    assert SEEN == {
        "named": {"view": ["PA"], "body_part": ["CHEST"], "photometric": ["MONOCHROME2"]},
        "spacing_mm": [0.12, 0.18], "age_years": [20.0, 80.0],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"view": "LL"}, "the view is LL; the network has only seen PA"),
        ({"body_part": "KNEE"}, "the body part is KNEE; the network has only seen CHEST"),
        ({"spacing_mm": 0.37}, "0.37 mm wide; the network has only seen 0.12 to 0.18 mm"),
        ({"spacing_mm": 0.05}, "0.05 mm wide"),
        ({"age_years": 0.5}, "the patient is 6 months old; the network has only seen 20 to 80 years"),
    ],
)
def test_clearly_outside(change: dict, said: str) -> None:
    (reason,) = header_reasons(replace(USUAL, **change), SEEN)
    assert said in reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"photometric": "MONOCHROME1"}, "Look whether black and white are right"),
        ({"spacing_mm": 0.25}, "0.25 mm wide; training images had"),
        ({"age_years": 85.0}, "85 years old; those of the training were 20 to 80 years"),
    ],
)
def test_unusual_is_said_but_read(change: dict, said: str) -> None:
    assert header_reasons(replace(USUAL, **change), SEEN) == []
    (remark,) = header_oddities(replace(USUAL, **change), SEEN)
    assert said in remark


def test_what_nobody_says_is_no_reason() -> None:
    assert header_reasons(HeaderFacts(), SEEN) == header_oddities(HeaderFacts(), SEEN) == []
    assert header_reasons(USUAL, {}) == header_oddities(USUAL, {}) == []


def test_a_thing_that_few_images_say_is_no_rule() -> None:
    assert summarise_headers([USUAL] * 19) == {}
    assert summarise_headers([USUAL] * 20 + [HeaderFacts()] * 21) == {}
    assert summarise_headers([USUAL] * 20 + [HeaderFacts()] * 20) != {}


def test_facts_of_a_header() -> None:
    told = {
        "format": "DICOM",
        "view": " pa ",
        "body_part": "unknown",
        "photometric": "MONOCHROME1",
        "age": "006M",
    }
    image = Image(np.zeros((4, 4), np.uint8), 8, "x", spacing_mm=(0.1, 0.2), attributes=told)
    assert header_facts(image) == HeaderFacts("PA", None, "MONOCHROME1", pytest.approx(0.15), 0.5)
    plain = Image(np.zeros((4, 4), np.uint8), 8, "x", attributes={"format": "PNG", "photometric": "RGB"})
    assert header_facts(plain, age_years=97.0) == HeaderFacts(age_years=89.0)
    assert header_facts(plain, age_years=-1.0).age_years is None
