"""An opinion as people see it: every class by its name, and nothing else changed."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest

from thirdeye.case.fused import Fused, ImagePart
from thirdeye.case.marks import Box, Landmark
from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.case.opinion import HeatMap, Opinion
from thirdeye.case.region import Region
from thirdeye.case.reliance import Frequency, Measured, PredictionSet, SimilarCase
from thirdeye.inference.named import named, named_reading
from thirdeye.inference.named_sentences import with_names
from thirdeye.inference.opinion_text import opinion_text
from thirdeye.reading_room.telling.named import named_form

NAMES = ClassNames({"k9": {"en": "melanoma", "fr": "mélanome"}, "k8": {"en": "naevus", "fr": "nævus"}})
EVERYTHING = Opinion(
    "k9.png", "multiclass", {"k9": 0.6, "k8": 0.4}, predicted="k9", positive="k9",
    heat_map=HeatMap(np.zeros((2, 2), np.float32), "cam", "k9", True),
    regions=(Region("k8", 1.0, "px", 1.0, "px", 1, ((0, 1), (0, 1))),), boxes=(Box("k9", 0.5, 0, 0, 1, 1),),
    landmarks=(Landmark("k8", 1, 1, 0.5),), looked_for=("k9", "k8"),
    frequencies=(Frequency("k9", 50, 20, 0.2, 0.6, 0.5, 0.7),),
    sets=(PredictionSet(("k9", "k8"), 0.9, "all cases"),),
    similar=(SimilarCase("case 1", "a.png", "k8", 0.9), SimilarCase("case 2", "b.png", "", 0.8)),
    levels={"": {"k9": 0.6, "k8": 0.4}}, measured=(Measured("k9", "auc", 0.9, 0.8, 1.0, 99),),
    unvalidated=("Conditions other than k9, k8: whatever a case has, it gets one of these answers.",),
    fused=Fused("mean", (ImagePart("k9.png", "", {"k9": 0.6, "k8": 0.4}),), by_images={"k9": 0.6, "k8": 0.4}),
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_class_is_left_before_people(language) -> None:
    form = named(EVERYTHING, NAMES, language).as_json()
    assert form["source"] == "k9.png"  # a file stays a file
    said = json.dumps({**form, "source": "", "fused": {**form["fused"], "images": [
        {**one, "source": ""} for one in form["fused"]["images"]]}}, ensure_ascii=False)  # fmt: skip
    assert "k9" not in said
    assert "k8" not in said
    assert said.count(NAMES.of("k9", language)) == json.dumps(EVERYTHING.as_json()).count("k9") - 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_sealed_form_is_named_as_the_opinion_is(language) -> None:
    form = EVERYTHING.as_json()
    kept = json.dumps(form)
    assert named_form(form, NAMES, language) == named(EVERYTHING, NAMES, language).as_json()
    assert json.dumps(form) == kept


def test_without_names_it_is_the_very_same() -> None:
    assert named(EVERYTHING, UNNAMED) is EVERYTHING
    assert named_form(form := EVERYTHING.as_json(), UNNAMED, "fr") is form


def test_the_terminal_says_the_names() -> None:
    said = opinion_text(named(EVERYTHING, NAMES))
    assert "melanoma: 60 %" in said
    assert "k8" not in said


@dataclass(frozen=True)
class Drawn:
    opinion: Opinion
    structures: tuple[str, ...]


def test_what_is_drawn_has_the_names_too() -> None:
    assert named_reading(Drawn(EVERYTHING, ("k9", "k8")), NAMES).structures == ("melanoma", "naevus")
    assert named_reading("a failure", NAMES) == "a failure"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Conditions other than 0, 1, 2 and 3 more: whatever a case has, ...",
            "Conditions other than sound, ill, 2 and 3 more: whatever a case has, ...",
        ),
        (
            "With fewer than 10 cases in the test part: 0 (1), 1 (0).",
            "With fewer than 10 cases in the test part: sound (1), ill (0).",
        ),
        (
            "Places where 1 is much rarer or more common than here (1 of 100 test cases): there the "
            "probabilities are off.",
            "Places where ill is much rarer or more common than here (1 of 100 test cases): there the "
            "probabilities are off.",
        ),
        ("Patients of 0 to 1 years.", "Patients of 0 to 1 years."),
    ],
)
def test_numbers_are_not_taken_for_classes(sentence, said) -> None:
    names = {"0": "sound", "1": "ill", "3": "wrong"}
    assert with_names(sentence, names, names.__getitem__) == said
