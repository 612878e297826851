"""Public sets by name: the official file, fetched once and checked, or told where to get it."""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from thirdeye.errors import StageFailed, UsageError

CHUNK_BYTES = 1 << 16
LARGEST_BYTES = 1 << 28


@dataclass(frozen=True)
class PublicSet:
    """A published data set in one file.

    Args:
        name: as the user asks for it.
        title: one sentence for a person.
        url: of the official file.
        md5: as its publisher states it.
        licence: of the data.
        citation: what to cite.
        options: what `thirdeye run` needs besides the file.
    """

    name: str
    title: str
    url: str
    md5: str
    licence: str
    citation: str
    options: str

    @property
    def file_name(self) -> str:
        """Name of the file, in the cache and where the user puts it."""
        return self.url.rpartition("/")[2]


MEDMNIST = "Yang et al., MedMNIST v2, Scientific Data 10:41 (2023), doi:10.1038/s41597-022-01721-8"
# Checksums: medmnist.info.INFO of the package medmnist.
_ENTRIES = (
    PublicSet(
        name="breastmnist",
        title="780 breast ultrasound images, malignant or not, 28 x 28 pixels",
        url="https://zenodo.org/records/10519652/files/breastmnist.npz",
        md5="750601b1f35ba3300ea97c75c52ff8f6",
        licence="CC BY 4.0",
        citation=MEDMNIST,
        options="--positive malignant",
    ),
    PublicSet(
        name="pneumoniamnist",
        title="5,856 chest films of children, pneumonia or not, 28 x 28 pixels",
        url="https://zenodo.org/records/10519652/files/pneumoniamnist.npz",
        md5="28209eda62fecd6e6a2d98b1501bb15f",
        licence="CC BY 4.0",
        citation=MEDMNIST,
        options="--positive pneumonia",
    ),
)
PUBLIC_SETS = {entry.name: entry for entry in _ENTRIES}


def public_set(name: str) -> PublicSet:
    """The public set called `name`.

    Raises:
        UsageError: there is none; the message lists the names.
    """
    if name in PUBLIC_SETS:
        return PUBLIC_SETS[name]
    near = difflib.get_close_matches(name, PUBLIC_SETS, n=1)
    hint = f"; did you mean {near[0]}?" if near else "."
    raise UsageError(f"no public set is called '{name}'{hint} Known are {', '.join(PUBLIC_SETS)}")


def fetch(
    wanted: PublicSet | str,
    cache: Path,
    *,
    timeout_s: float = 20.0,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """The official file, from the cache or the network, its checksum verified either way.

    Args:
        wanted: a public set or its name.
        cache: folder that keeps the file; made if missing. A file put there by hand is taken too.
        timeout_s: seconds without an answer after which the network counts as missing.
        progress: called with (bytes so far, bytes in all; 0 where the server does not say).

    Returns:
        The file in the cache; it is only ever there complete and verified.

    Raises:
        UsageError: the name is unknown.
        StageFailed: no network, or another file than the publisher's; says what to download, where to put it
            and how to go on.
    """
    entry = public_set(wanted) if isinstance(wanted, str) else wanted
    target = cache / entry.file_name
    if target.is_file() and md5_of(target) == entry.md5:
        return target
    cache.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{entry.name}-", dir=cache)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _download(entry, file, timeout_s, progress)
        found = md5_of(part)
        if found != entry.md5:
            raise StageFailed(
                f"{entry.url} sent a file with MD5 {found}, its publisher states {entry.md5}; "
                f"nothing was kept. {by_hand(entry, cache)}"
            )
        part.replace(target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise StageFailed(f"{entry.name} cannot be fetched ({reason}). {by_hand(entry, cache)}") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def by_hand(entry: PublicSet, cache: Path) -> str:
    """What to do where no network is."""
    return (
        f"On a computer with a network, download {entry.url} (MD5 {entry.md5}), put it at "
        f"{cache / entry.file_name} and try again; or run it from anywhere: "
        f"thirdeye run {entry.file_name} {entry.options} --out study. "
        "Without any download: thirdeye demo (phantoms)."
    )


def md5_of(path: Path) -> str:
    """MD5 of a file; it guards against damage, not against forgery."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(CHUNK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _download(
    entry: PublicSet, file: IO[bytes], timeout_s: float, progress: Callable[[int, int], None] | None
) -> None:
    with urllib.request.urlopen(entry.url, timeout=timeout_s) as answer:
        total = int(answer.headers.get("Content-Length") or 0)
        done = 0
        while block := answer.read(CHUNK_BYTES):
            done += len(block)
            if done > LARGEST_BYTES:
                raise ValueError(f"more than {LARGEST_BYTES >> 20} MiB came")
            file.write(block)
            if progress is not None:
                progress(done, total)
