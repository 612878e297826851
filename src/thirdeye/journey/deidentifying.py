"""`deidentify`: a copy of a folder without identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from thirdeye.case.study import Study
from thirdeye.dicom.deidentify.key import open_key, refuse_if_shared
from thirdeye.dicom.deidentify.profile import CLEAN_PIXELS, DEFAULT_OPTIONS, make_profile
from thirdeye.errors import UsageError
from thirdeye.intake.deidentify.folder import (
    UNFINISHED,
    all_files,
    begin,
    deidentify_folder,
    end,
    refuse_places,
    was_begun,
)
from thirdeye.intake.deidentify.links import write_links
from thirdeye.intake.deidentify.one_file import HEAD_BYTES, kind_of
from thirdeye.intake.deidentify.page import page
from thirdeye.intake.deidentify.report import report, summary
from thirdeye.intake.deidentify.settings import Look, Settings
from thirdeye.intake.deidentify.text_search import can_search, refuse_without
from thirdeye.intake.unpack import forget, is_packed, opened
from thirdeye.journey.results import Deidentified
from thirdeye.training.event import Event, Listener, silent

REPORT_FILE, REPORT_PAGE = "deidentification.json", "deidentification.html"


class Places(NamedTuple):
    """What a run writes.

    Args:
        destination, quarantine, key_file, links: see `Deidentified`.
    """

    destination: Path
    quarantine: Path
    key_file: Path
    links: Path


def deidentify(
    source: str | Path,
    destination: str | Path,
    *,
    key: str | Path | None = None,
    quarantine: str | Path | None = None,
    options: Iterable[str] = DEFAULT_OPTIONS,
    look: Look | None = None,
    dry_run: bool = False,
    tell: Listener = silent,
) -> Deidentified:
    """Write a copy of a folder from which identities are taken; the source is only read.

    Args:
        source: folder, archive (zip, tar) or file: DICOM, PNG, JPEG, TIFF, NIfTI. Anything else is not
            copied, archives inside a folder among it. What an archive held is removed from the cache again.
        destination: folder that does not exist or is empty, beside the source.
        key: file with the key of the pseudonyms, made where there is none; None: ``DESTINATION.key``. One key
            gives one patient the same pseudonym every time.
        quarantine: folder of what a person has to look at; None: ``DESTINATION-quarantine``.
        options: of PS3.15, see `thirdeye.dicom.deidentify.profile.OPTIONS`.
        look: at pixels: "search", "suspect" or "trust" (see `Settings`); None: "search" where the extra `ocr`
            is installed, else "suspect".
        dry_run: only say what is there; nothing is written.
        tell: hears how it goes.

    Raises:
        UsageError: an option, a folder or the key does not fit.
        MissingExtra: a search is wanted without the extra `ocr`.
    """
    source = Path(source)
    places = places_of(Path(destination), key=key, quarantine=quarantine)
    profile = make_profile(options)
    chosen = _look(look, profile.has(CLEAN_PIXELS))
    begun = not dry_run and (places.destination / UNFINISHED).is_file()
    refuse_places(source, places.destination, places.quarantine, begun=begun)
    _refuse_private_places(places, source, begun=begun)
    tell(Event("stage", "De-identify"))
    if dry_run:
        with _contents(source) as folder:
            return Deidentified(*places, {"dry_run": True, "kinds": _kinds(folder, tell)})
    secret, is_new = open_key(places.key_file)
    settings = Settings(places.destination, places.quarantine, profile, secret, chosen)
    if begun and was_begun(settings):
        tell(Event("note", "An interrupted run is finished."))
    begin(settings)
    if is_new:
        tell(
            Event(
                "note", f"A new key was made: {places.key_file.name}. Keep it apart from the data, and safe."
            )
        )

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "files de-identified", done / max(1, total)))

    with _contents(source) as folder:
        entries = list(deidentify_folder(folder, settings, progress=progress))
    content = report(entries, settings)
    write_report(places.destination, content, tell)
    places.links.unlink(missing_ok=True)  # of the run that was interrupted at its very end
    write_links(places.links, entries)
    end(settings)
    return Deidentified(*places, content)


@contextmanager
def _contents(source: Path) -> Iterator[Path]:
    """The source, or what an archive holds: unpacked for as long as it is needed, since it names patients."""
    if not source.is_file() or not is_packed(source):
        yield source
        return
    try:
        yield opened(source)
    finally:
        forget(source)


def places_of(
    destination: Path, *, key: str | Path | None = None, quarantine: str | Path | None = None
) -> Places:
    """Where a run writes: beside the destination, unless told otherwise."""
    whole = destination.resolve()

    def beside(ending: str) -> Path:
        return whole.with_name(whole.name + ending)

    return Places(
        destination,
        beside("-quarantine") if quarantine is None else Path(quarantine),
        beside(".key") if key is None else Path(key),
        beside(".links.csv"),
    )


def write_report(destination: Path, content: dict[str, Any], tell: Listener) -> None:
    """Tell what was done, and write it as JSON and as a page."""
    for line in summary(content):
        tell(Event("note", line))
    written = Study(destination)
    written.write_json(REPORT_FILE, content)
    written.write_text(REPORT_PAGE, page(content))


def _look(wanted: Look | None, everything: bool) -> Look:
    if everything and wanted in ("suspect", "trust"):
        raise UsageError(f"the option '{CLEAN_PIXELS}' searches pixels for text; don't forbid the search")
    if wanted == "search" or everything:
        refuse_without()
        return "search"
    return wanted or ("search" if can_search() else "suspect")


def _refuse_private_places(places: Places, source: Path, *, begun: bool) -> None:
    """The key lies in none of the folders, only its owner can read it, and no links are overwritten."""
    for folder in (source, places.destination, places.quarantine):
        if folder.resolve() in places.key_file.resolve().parents:
            raise UsageError(f"the key would lie in '{folder.name}'; keep it apart from the data, with --key")
    if places.key_file.exists() or places.key_file.is_symlink():
        refuse_if_shared(places.key_file)
    if places.links.exists() and not begun:
        raise UsageError(
            f"'{places.links.name}' is there already, from another run; move it, or choose another folder"
        )


def _kinds(source: Path, tell: Listener) -> dict[str, int]:
    """How many files there are of each kind."""
    found = Counter(_kind(source if source.is_file() else source / name) for name in all_files(source))
    for kind, number in found.most_common():
        tell(Event("note", f"{number:,} files of the kind {kind}"))
    return dict(found)


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return kind_of(file.read(HEAD_BYTES), path.name) or "other"
    except OSError:
        return "other"
