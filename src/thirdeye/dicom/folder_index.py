"""What lies below a folder, by the short keys that stand in references."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from thirdeye.dicom.header import Header, series_key
from thirdeye.dicom.scan import dicom_files, scan_headers
from thirdeye.dicom.stacks import Stack, stack_key, stacks_of


@dataclass(frozen=True)
class FolderIndex:
    """Headers below a folder.

    Args:
        stacks: of single-frame images.
        files: every readable header.
    """

    stacks: tuple[Stack, ...]
    files: tuple[Header, ...]

    def stack(self, key: str) -> Stack:
        """The stack with this key, or the only one of the series with this key.

        Raises:
            ValueError: there is none, or the series is several.
        """
        named = [stack for stack in self.stacks if stack_key(stack) == key]
        if not named:
            named = [stack for stack in self.stacks if series_key(stack.headers[0].series_uid) == key]
        if not named:
            raise ValueError(f"holds no series '{key}'")
        if len(named) > 1:
            keys = ", ".join(stack_key(stack) for stack in named[:8])
            raise ValueError(f"is a series of {len(named)} stacks of images; name one of them: {keys}")
        return named[0]

    def file(self, key: str) -> Header | None:
        """The object whose SOP instance UID has this key; None where there is none."""
        return next((header for header in self.files if series_key(header.sop_uid) == key), None)


def index_of(folder: Path) -> FolderIndex:
    """Headers of everything below `folder`; remembered until the folder changes."""
    return _indexed(folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _indexed(folder: Path, changed_ns: int) -> FolderIndex:
    headers = [header for header in scan_headers(folder, dicom_files(folder)) if not header.error]
    single = [h for h in headers if h.series_uid and h.frames == 1 and h.height and h.modality != "SEG"]
    return FolderIndex(tuple(stacks_of(single)), tuple(headers))
