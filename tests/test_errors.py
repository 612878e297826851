"""The tree of exceptions and the exit codes that the command line promises."""

from __future__ import annotations

import re

import pytest

import thirdeye.errors as errors
from thirdeye.errors import (
    DataRefused,
    MissingExtra,
    StageFailed,
    StudyMismatch,
    ThirdEyeError,
    UnreadableFile,
    UsageError,
)

CODES = {
    ThirdEyeError: 4,
    UsageError: 2,
    MissingExtra: 2,
    DataRefused: 3,
    UnreadableFile: 3,
    StageFailed: 4,
    StudyMismatch: 4,
}


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_exit_codes(kind: type[ThirdEyeError], code: int) -> None:
    assert kind.exit_code == code


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """Depth in the drawing is depth in the code, and no class is missing from either."""
    drawn: list[tuple[str, str | None]] = []
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^([\s│├└─]*)(\w+(?:Error|Extra|Refused|File|Failed|Mismatch))\s+", line)
        if found is None:
            continue
        depth = len(found[1]) // 4
        above[depth] = found[2]
        drawn.append((found[2], above[depth - 1] if depth > 1 else None))
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, ThirdEyeError)
    }
    assert {name for name, _ in drawn} == set(real)
    assert all(parent is None or real[name] == parent for name, parent in drawn)


def test_a_missing_extra_says_how_to_get_it() -> None:
    error = MissingExtra("training", "train")
    assert str(error) == "training needs the extra 'train': pip install 'thirdeye-imaging[train]'"
    assert (error.feature, error.extra) == ("training", "train")


def test_an_unreadable_file_names_itself() -> None:
    error = UnreadableFile("a/b.png", "the file is empty")
    assert str(error) == "a/b.png: the file is empty"
    assert (error.name, error.reason) == ("a/b.png", "the file is empty")
