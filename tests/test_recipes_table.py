"""src/thirdeye/recipes/README.md is the table as it is today."""

from __future__ import annotations

from pathlib import Path

from thirdeye.recipes.systems import listed
from thirdeye.recipes.table import readme


def test_the_table_is_up_to_date(repository: Path) -> None:
    page = repository / "src" / "thirdeye" / "recipes" / "README.md"
    assert page.read_text(encoding="utf-8") == readme(), "run scripts/recipes_table.py"


def test_every_system_has_a_line() -> None:
    lines = readme().splitlines()
    for one in listed():
        assert sum(line.startswith(f"| `{one.id}` |") for line in lines) == 1
