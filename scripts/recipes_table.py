"""Writes the table of all recipes, src/thirdeye/recipes/README.md: scripts/recipes_table.py

Run it after a recipe was added.
"""

from __future__ import annotations

import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "src" / "thirdeye" / "recipes" / "README.md"


def main() -> None:
    """Write the file."""
    from thirdeye.recipes.table import readme

    PAGE.write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
