"""Frames that are ready take a bounded room: those that were not asked for the longest go first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LEFT = 0.8  # share of the bound that stays, so that not every frame asks again


def make_room(kept: Path, most_bytes: int) -> int:
    """Remove the frames that were used the longest ago, where all together take more than a bound.

    Args:
        kept: folder; its files are made anew when they are asked for.
        most_bytes: the bound.

    Returns:
        Bytes that were removed.
    """
    files = list(_files(kept))
    total = sum(facts.st_size for facts, _ in files)
    removed = 0
    if total <= most_bytes:
        return removed
    for facts, path in sorted(files, key=lambda file: max(file[0].st_atime_ns, file[0].st_mtime_ns)):
        if total - removed <= _LEFT * most_bytes:
            break
        Path(path).unlink(missing_ok=True)
        removed += facts.st_size
    return removed


def _files(kept: Path) -> Iterator[tuple[os.stat_result, str]]:
    """Facts and path of each file; one that goes while we look is none."""
    for folder in _folders(kept):
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                if entry.is_file():
                    yield entry.stat(), entry.path


def _folders(kept: Path) -> list[Path]:
    return [Path(entry.path) for entry in os.scandir(kept) if entry.is_dir()] if kept.exists() else []
