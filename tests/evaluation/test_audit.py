"""What must be told before a number is printed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from thirdeye.evaluation.audit import audit
from thirdeye.evaluation.case_set import read_case_set


def cases(n_sick=150, n_well=150, origin="tuned_on_validation"):
    labels = np.r_[np.ones(n_sick, dtype=int), np.zeros(n_well, dtype=int)]
    return read_case_set(
        labels=labels, probabilities=np.full((labels.size, 2), 0.5), classes=["well", "sick"], task="binary",
        positive="sick", clusters=None,
        operating_points=[{"name": "best", "threshold": 0.5, "origin": origin}],
    )  # fmt: skip


def test_a_sound_set_needs_no_words():
    assert audit(cases(), unit="image", patients_known=True) == []


@pytest.mark.parametrize(
    ("given", "unit", "known", "words"),
    [
        ({}, "image", False, "No patient is known"),
        ({"origin": "chosen_on_test"}, "image", True, "'best' was chosen on the test cases"),
        ({"n_sick": 99}, "image", True, r"Fewer than 100 cases of sick \(99\)"),
        ({"n_well": 1500}, "image", True, "9% of the cases are sick"),
    ],
)
def test_each_trouble_is_named(given, unit, known, words):
    found = audit(cases(**given), unit=unit, patients_known=known)
    assert len(found) == 1
    assert re.search(words, found[0].sentence)


def test_a_row_that_is_a_patient_needs_no_patient():
    assert audit(cases(), unit="patient", patients_known=False) == []
