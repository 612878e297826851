"""Pictures of an external set lie apart from those of the test part."""

from __future__ import annotations

from thirdeye.journey.evaluated import EXTERNAL
from thirdeye.journey.located.external_folder import PREFIX, external_folder


def test_the_folder_of_a_set() -> None:
    assert PREFIX == EXTERNAL
    assert external_folder("explanation/points", f"{EXTERNAL}there") == "explanation/points/there"
