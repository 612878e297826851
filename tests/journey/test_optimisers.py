"""Optimiser and schedule of a plan reach the training, whatever looks for things and places."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import thirdeye.training.detection.loop as detection_loop
import thirdeye.training.sliding.loop as sliding_loop
from thirdeye.journey.detection.fitting import recipe_of
from thirdeye.journey.detection.sliding import sliding_recipe_of
from thirdeye.journey.landmarks.fitting import course_of
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.training.course import Course

ASKED = {"optimiser": "sgd", "schedule": "steps:3:0.1"}


def planned(kind: type, **further: Any) -> Any:
    """A plan of which nothing counts but what is asked and what is given."""
    return SimpleNamespace(**{one.name: 1 for one in fields(kind)} | ASKED | further)


@pytest.fixture
def courses(monkeypatch: pytest.MonkeyPatch) -> list[Course]:
    """The courses that are begun; none is run."""
    begun: list[Course] = []

    def learn(network: Any, lesson: Any, course: Course, **rest: Any) -> None:
        begun.append(course)

    for module in (detection_loop, sliding_loop):
        monkeypatch.setattr(module, "learn", learn)
    return begun


def test_of_a_detector(courses: list[Course]) -> None:
    member = detection_loop.DetectionMember(0, np.arange(2), np.arange(1), "key")
    recipe = recipe_of(planned(DetectionPlan, tile_px=(32, 32), mirrored=()))
    detection_loop.fit_detector(
        None, [], member, recipe, on_round=lambda record: None, check=lambda network: None, deadline=1.0
    )  # type: ignore[arg-type]
    assert {"optimiser": courses[0].optimiser, "schedule": courses[0].schedule} == ASKED


def test_of_a_classifier_that_slides(courses: list[Course]) -> None:
    recipe = sliding_recipe_of(planned(DetectionPlan, object_shares=(0.5,)))
    sliding_loop.fit_round(
        None, [], None, recipe, side=9, stream=(0,), key="key", deadline=1.0, on_stretch=lambda record: None
    )  # type: ignore[arg-type]
    assert {"optimiser": courses[0].optimiser, "schedule": courses[0].schedule} == ASKED


def test_of_landmarks() -> None:
    plan = planned(LandmarkPlan, rounds=7, fine_rounds=3)
    first, second = course_of(plan, 0, 0, "run"), course_of(plan, 0, 1, "run", "/4")
    assert {"optimiser": first.optimiser, "schedule": first.schedule} == ASKED
    assert {"optimiser": second.optimiser, "schedule": second.schedule} == ASKED
    assert (first.rounds, second.rounds) == (7, 3)
    assert first.key != second.key != course_of(plan, 0, 1, "run").key
