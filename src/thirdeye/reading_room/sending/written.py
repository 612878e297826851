"""The DICOM files of a signed case, written once.

Each writing would give them other UIDs. So they are kept as they are until all of them are queued: a kill or
a full disk on the way makes no second report of a case.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from thirdeye.case.whole import write_whole


class Written:
    """A folder with a folder for each case whose files are not queued yet.

    Args:
        folder: made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, case: str, make: Callable[[], Mapping[str, bytes]]) -> dict[str, bytes]:
        """The files of a case by their kind, as they were made first.

        Args:
            case: its name.
            make: gives them where they were not made yet.

        Raises:
            OSError: the disk is full; nothing is kept.
        """
        place = self._folder / case
        if not place.is_dir():
            draft = self._folder / f".{case}.part"
            self._remove(draft)
            for kind, content in make().items():
                write_whole(draft / f"{kind}.dcm", content)
            draft.replace(place)
        return {path.stem: path.read_bytes() for path in sorted(place.glob("*.dcm"))}

    def forget_all_but(self, waiting: Collection[str]) -> None:
        """Those of other cases are queued, and of no more use."""
        for place in self._folder.iterdir() if self._folder.is_dir() else ():
            if place.name not in waiting:
                self._remove(place)

    def _remove(self, place: Path) -> None:
        shutil.rmtree(place, ignore_errors=True)
