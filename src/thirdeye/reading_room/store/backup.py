"""A room copied to a safe place while it is open, and brought back.

The store is copied first, as one state; images are never changed or removed and lie there before a row names
them, so that those copied afterwards are at least those that the copy of the store names. What has come in
and is not sorted out yet goes once it is: where that happens meanwhile, the store is copied again.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from thirdeye.case.study import sha256_file
from thirdeye.errors import StageFailed, UsageError

MANIFEST = "backup.json"
STORE_FILE = "room.sqlite"
DUMP_FILE = "room.dump"  # of PostgreSQL
_VERSION = 1
_MADE_AGAIN = ("pictures",)  # folders of what is made from the rest when it is asked for
_COMING = "incoming"
_GOING = (_COMING, "outbox", "written")  # folders of what goes when it is done with
_TRIES = 5
_PASSING = (".part", "-wal", "-shm", "-journal", ".log", ".tmp")


def backup(folder: Path, destination: Path, *, database: str | None = None, at: str) -> dict[str, Any]:
    """Copy a room; it may be open.

    Args:
        folder: of the room.
        destination: a folder that does not exist, or is empty.
        database: URL of a store elsewhere (PostgreSQL, copied by ``pg_dump``); None: the one in `folder`.
        at: instant of the copy, for its list.

    Returns:
        The list of what was copied: {"version", "at", "files": {name: SHA-256}}.

    Raises:
        UsageError: there is no room, or something is in the destination.
        StageFailed: ``pg_dump`` failed, or too much comes in at this moment.
    """
    _refuse_no_room(folder, database)
    if destination.exists() and any(destination.iterdir()):
        raise UsageError(f"there is something in '{destination.name}' already; give a folder that is empty")
    destination.mkdir(parents=True, exist_ok=True, mode=0o700)
    for _ in range(_TRIES):
        _copy_store(folder, destination, database)
        if _copy_all(folder, destination, _kept(folder / _COMING)):
            break
    else:
        raise StageFailed("what comes in is sorted out faster than it can be copied; try again later")
    _copy_all(folder, destination, _kept(folder))
    files = {
        str(p.relative_to(destination)): sha256_file(p) for p in sorted(destination.rglob("*")) if p.is_file()
    }
    form = {"version": _VERSION, "at": at, "files": files}
    (destination / MANIFEST).write_text(json.dumps(form, indent=1), encoding="utf-8")
    return form


def restore(source: Path, folder: Path) -> dict[str, Any]:
    """Bring a room back from a copy.

    A store on PostgreSQL comes back by ``pg_restore`` of ``room.dump``, which this does not do.

    Args:
        source: what `backup` wrote.
        folder: where the room shall be; it does not exist, or is empty.

    Returns:
        The list of what was brought back.

    Raises:
        UsageError: no copy, a file that is missing or was changed, or something in the folder already.
    """
    if not (source / MANIFEST).is_file():
        raise UsageError(f"'{source.name}' is no copy of a reading room: it has no {MANIFEST}")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"there is something in '{folder.name}' already; a room is brought back into an empty folder"
        )
    form: dict[str, Any] = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    for name, wanted in form["files"].items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise UsageError(f"the copy names a file outside of it; '{MANIFEST}' was changed")
        if not (source / name).is_file() or sha256_file(source / name) != wanted:
            raise UsageError(f"'{Path(name).name}' of the copy is missing or was changed; take another copy")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in form["files"]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(source / name, target)
    return form


def _refuse_no_room(folder: Path, database: str | None) -> None:
    if not folder.is_dir() or (database is None and not (folder / STORE_FILE).is_file()):
        raise UsageError(f"'{folder.name}' is not the folder of a reading room: it has no {STORE_FILE}")


def _kept(folder: Path) -> list[Path]:
    """Files to copy of a room; of the folder of what comes in where that is given."""
    found = []
    for current, folders, names in os.walk(folder):
        here = Path(current)
        folders[:] = [one for one in folders if here != folder or one not in (*_MADE_AGAIN, _COMING)]
        found += [here / one for one in names if not one.endswith(_PASSING) and ".sqlite" not in one]
    return sorted(path for path in found if not path.is_symlink())


def _copy_all(folder: Path, destination: Path, paths: Iterable[Path]) -> bool:
    """Copy files of a room to the same places; whether all of them were still there.

    Raises:
        FileNotFoundError: an image, which nothing removes.
    """
    whole = True
    for path in paths:
        target = destination / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copy2(path, target)
        except FileNotFoundError:
            if path.relative_to(folder).parts[0] not in _GOING:
                raise
            whole = False
    return whole


def _copy_store(folder: Path, destination: Path, database: str | None) -> None:
    if database is None:
        _copy_lite(folder / STORE_FILE, destination / STORE_FILE)
    else:
        _dump(database, destination / DUMP_FILE)


def _copy_lite(source: Path, target: Path) -> None:
    """One state of a SQLite store, its journal included."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    target.chmod(0o600)


def _dump(url: str, target: Path) -> None:
    parts = urlsplit(url)
    plain = parts._replace(scheme="postgresql")
    password = plain.password or ""
    if password:  # not on a command line, where every user of the machine could read it
        plain = plain._replace(netloc=plain.netloc.replace(f":{password}@", "@", 1))
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={plain.geturl()}"]
    settings = {**os.environ, "PGPASSWORD": password} if password else None
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings)
    except FileNotFoundError:
        raise StageFailed("pg_dump is not installed; it comes with PostgreSQL's client") from None
    if done.returncode:
        raise StageFailed("pg_dump could not copy the store; try it by hand to see why")
