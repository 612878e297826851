"""Small data from elsewhere for the finished study."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.journey.results import Validated
from thirdeye.journey.validating import validate


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished folder that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "place"))


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, make_cases: Callable[..., Path]) -> Path:
    """60 other cases of the same classes; the hospital numbers its patients alike. Not to be changed."""
    return make_cases(tmp_path_factory.mktemp("elsewhere") / "hospital b", 60, seed=7)


@pytest.fixture(scope="session")
def measured(
    finished: Path, elsewhere: Path, tmp_path_factory: pytest.TempPathFactory, known_machine: None
) -> Validated:
    """The finished study measured on the other hospital's cases; not to be changed."""
    place = Path(shutil.copytree(finished, tmp_path_factory.mktemp("measured") / "place"))
    return validate(place / "study", on=elsewhere, name="b", prevalence="5%")


@pytest.fixture
def on(place: Path, known_machine: None) -> Callable[..., Validated]:
    """Validates the copy on external data without the traditional technique."""

    def call(data: Path, **given: Any) -> Validated:
        return validate(place / "study", on=data, **{"traditional": False, **given})

    return call
