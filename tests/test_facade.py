"""`import thirdeye` offers the verbs, also where a room has the name of a verb."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import subprocess
import sys

import pytest

import thirdeye

VERBS = [name for name in thirdeye.__all__ if name != "__version__"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_a_documented_function(verb: str) -> None:
    function = getattr(thirdeye, verb)
    assert inspect.isfunction(function)
    assert inspect.getdoc(function)
    assert function is getattr(importlib.import_module("thirdeye.journey"), verb)


@pytest.mark.parametrize("name", ["plan", "report"])
def test_a_room_does_not_hide_the_verb_of_its_name(name: str) -> None:
    room = importlib.import_module(f"thirdeye.{name}")
    assert inspect.ismodule(room)
    assert inspect.isfunction(getattr(thirdeye, name))


def test_rooms_can_be_imported_first() -> None:
    code = (
        "import thirdeye.plan.plan, thirdeye.report, thirdeye; assert callable(thirdeye.plan), thirdeye.plan"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_version() -> None:
    assert thirdeye.__version__ == importlib.metadata.version("thirdeye-imaging")


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'fit'; it offers .*run"):
        thirdeye.fit  # noqa: B018
    assert set(thirdeye.__all__) <= set(dir(thirdeye))
