"""docs/checks.md tells of every check."""

from __future__ import annotations

import re
from pathlib import Path

import thirdeye.intake.checks  # noqa: F401 - enters the checks
from thirdeye.intake.checks.check import CHECKS


def test_every_check_is_documented(repository: Path) -> None:
    page = (repository / "docs" / "checks.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)
    ours = [name for name, check in CHECKS if check.run.__module__.startswith("thirdeye.")]
    assert sorted(told) == sorted(ours), "run scripts/checks_table.py"


def test_every_check_says_when_it_speaks() -> None:
    for name, check in CHECKS:
        assert check.title[0].isupper(), name
        assert check.run.__doc__, name
