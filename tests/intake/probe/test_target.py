from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.probe.target import target_of

Make = Callable[..., Exhibits]


def test_patients_and_copies_are_joined(made_exhibits: Make) -> None:
    """0 and 1 are one patient; 1 and 2 the same pixels; 3 stands alone."""
    patients = ["p", "p", "q"] + [""] * 57
    hashes = ["h0", "same", "same"] + [f"h{n}" for n in range(3, 60)]
    target = target_of(
        made_exhibits(["a", "b"] * 30, columns={"patient": patients}, facts={"sha256": hashes})
    )
    assert target.groups[0] == target.groups[1] == target.groups[2] != target.groups[3]
    assert len(set(target.groups)) == 58


def test_small_classes_are_left_out_and_said(made_exhibits: Make) -> None:
    target = target_of(made_exhibits(["a"] * 20 + ["b"] * 20 + ["c"] * 3))
    assert target.classes == ("a", "b")
    assert target.left_out == ("c",)
    assert len(target) == 40
    assert target.membership.sum(axis=1).tolist() == [1] * 40


def test_several_labels_an_image(made_exhibits: Make) -> None:
    labels = ["x|y", "x", "", "y"] * 20
    target = target_of(made_exhibits(labels, classes=("x", "y"), task="multilabel", positive=None))
    assert not target.exclusive
    assert target.membership[:4].tolist() == [[True, True], [True, False], [False, False], [False, True]]


def test_what_cannot_be_asked(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="15 patients"):
        target_of(made_exhibits(["a"] * 40 + ["b"] * 3))
    with pytest.raises(NotApplicable, match="no classes"):
        target_of(made_exhibits([""] * 40, task="segmentation"))


def test_unreadable_images_are_not_asked(made_exhibits: Make) -> None:
    target = target_of(made_exhibits(["a", "b"] * 30, facts={"error": ["broken"] + [""] * 59}))
    assert len(target) == 59
    assert target.positions[0] == 1
