from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.checks.volume_size import bytes_in_words, check
from thirdeye.intake.exhibits import Exhibits, Velocity

Make = Callable[..., Exhibits]


def test_images_cases_patients_and_classes(made_exhibits: Make) -> None:
    columns = {"patient": ["p0"] * 3 + ["p1"] * 3, "case": ["c0", "c0", "c1", "c2", "c2", "c2"]}
    velocity = Velocity(bytes_total=2_500_000)
    (finding,) = check(made_exhibits(["a"] * 3 + ["b"] * 3, columns=columns, velocity=velocity))
    assert finding.message == "6 images of 3 cases of 2 patients, 2.5 MB."
    assert finding.evidence["table"]["rows"] == [["a", 3, 1], ["b", 3, 1]]


@pytest.mark.parametrize(
    ("size", "words"), [(5, "5 bytes"), (12_345, "12 kB"), (1_900_000_000, "1.9 GB"), (4e15, "4000.0 TB")]
)
def test_bytes_in_words(size: float, words: str) -> None:
    assert bytes_in_words(size) == words
