"""Revisions of the store: how an older one becomes today's, and how a new one is written.

Each file in ``migrations/`` is one revision of Alembic. A change of `tables` needs one
(``python scripts/migration.py "what changes"`` writes a first draft); a test compares what the revisions
make with `tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from thirdeye.reading_room.store.tables import METADATA

REVISIONS = Path(__file__).with_name("migrations")


def head(folder: Path = REVISIONS) -> str:
    """The latest revision."""
    latest = _scripts(folder).get_current_head()
    if latest is None:
        raise LookupError("there is no revision of the store")
    return latest


def present(connection: Connection) -> str | None:
    """The revision that a store is at; None for one without."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str, folder: Path = REVISIONS) -> bool:
    """Whether this program has a revision; it has not where the store was made by a later one."""
    return any(one.revision == revision for one in _scripts(folder).walk_revisions())


def is_blank(connection: Connection) -> bool:
    """Whether a store has no table at all."""
    return not inspect(connection).get_table_names()


def stamp(connection: Connection, folder: Path = REVISIONS) -> None:
    """Note that a store is at the latest revision."""
    MigrationContext.configure(connection).stamp(_scripts(folder), head(folder))


def upgrade(connection: Connection, folder: Path = REVISIONS) -> None:
    """Bring a store to the latest revision, in the transaction of the connection."""
    scripts = _scripts(folder)
    _run(connection, scripts, lambda at, _: scripts._upgrade_revs("head", at))


def downgrade(connection: Connection, to: str, folder: Path = REVISIONS) -> None:
    """Bring a store back to a revision ("base": none); for the tests of revisions."""
    scripts = _scripts(folder)
    _run(connection, scripts, lambda at, _: scripts._downgrade_revs(to, at))


def differences(connection: Connection) -> list[Any]:
    """What a store has otherwise than `tables`, in Alembic's words; empty: nothing."""
    return list(compare_metadata(_comparing(connection), METADATA))


def draft(connection: Connection) -> tuple[str, str]:
    """Code that brings a store to `tables`, and code that takes it back."""
    found = produce_migrations(_comparing(connection), METADATA)
    up, down = found.upgrade_ops, found.downgrade_ops
    if up is None or down is None:
        return "pass", "pass"
    return render_python_code(up, render_as_batch=True), render_python_code(down, render_as_batch=True)


def _comparing(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"target_metadata": METADATA})


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder), version_locations=[str(folder)])


def _run(connection: Connection, scripts: ScriptDirectory, steps: Callable[..., Any]) -> None:
    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
        environment.run_migrations()
