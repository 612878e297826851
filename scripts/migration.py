"""Write the revision that brings the reading room's store to `store/tables.py`; read it before you keep it.

python scripts/migration.py "A case knows its priority"
python scripts/migration.py --first      writes the first revision anew (before the first release only)
"""

from __future__ import annotations

import re
import subprocess
import sys

from sqlalchemy import create_engine

from thirdeye.reading_room.store import revisions

PAGE = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}


def upgrade() -> None:
    """To this revision."""
{up}


def downgrade() -> None:
    """Back to the one before."""
{down}
'''


def main(argument: str) -> None:
    """Compare what the revisions make with the tables, and write what is missing."""
    engine = create_engine("sqlite://")
    first = argument == "--first"
    before = None if first else revisions.head()
    with engine.begin() as connection:
        if not first:
            revisions.upgrade(connection)
        up, down = (
            re.sub(r"\n?[ ]*# ###[^\n]*", "", code).strip("\n") for code in revisions.draft(connection)
        )
    revision = "0001" if before is None else f"{int(before) + 1:04d}"
    word = "first" if first else re.sub(r"\W+", "_", argument.lower()).strip("_")[:40]
    path = revisions.REVISIONS / f"r{revision}_{word}.py"
    title = "The tables of the first release" if first else argument.rstrip(".")
    path.write_text(PAGE.format(title=title, revision=revision, before=before, up=up, down=down))
    for command in (["format", "-q"], ["check", "--fix", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(path)], check=True)
    print(f"read {path.name}, then commit it")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
