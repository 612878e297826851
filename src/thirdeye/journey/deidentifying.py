"""`deidentify`: a copy of a folder without identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

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
from thirdeye.intake.deidentify.outcome import Box
from thirdeye.intake.deidentify.page import page
from thirdeye.intake.deidentify.release import release_file, waiting
from thirdeye.intake.deidentify.report import report, summary
from thirdeye.intake.deidentify.settings import Look, Settings
from thirdeye.intake.deidentify.text_search import can_search, refuse_without
from thirdeye.intake.workers import LIMIT_S, Lost, Task, each
from thirdeye.journey.results import Deidentified
from thirdeye.training.event import Event, Listener, silent

REPORT_FILE, REPORT_PAGE = "deidentification.json", "deidentification.html"


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
        source: folder or file: DICOM, PNG, JPEG, TIFF, NIfTI. Anything else is not copied.
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
    source, destination = Path(source), Path(destination)
    aside = Path(quarantine) if quarantine is not None else _beside(destination, "-quarantine")
    key_file = Path(key) if key is not None else _beside(destination, ".key")
    links = _beside(destination, ".links.csv")
    profile = make_profile(options)
    chosen = _look(look, profile.has(CLEAN_PIXELS))
    begun = not dry_run and (destination / UNFINISHED).is_file()
    refuse_places(source, destination, aside, begun=begun)
    _refuse_key_place(key_file, source, destination, aside)
    _refuse_file(links)
    tell(Event("stage", "De-identify"))
    if dry_run:
        found = Counter(_kind(source, name) or "other" for name in all_files(source))
        for kind, number in found.most_common():
            tell(Event("note", f"{number:,} files of the kind {kind}"))
        return Deidentified(destination, aside, key_file, links, {"dry_run": True, "kinds": dict(found)})
    secret, is_new = open_key(key_file)
    settings = Settings(destination, aside, profile, secret, chosen)
    if begun and was_begun(settings):
        tell(Event("note", "An interrupted run is finished."))
    begin(settings)
    if is_new:
        tell(Event("note", f"A new key was made: {key_file.name}. Keep it apart from the data, and safe."))
    entries = list(
        deidentify_folder(
            source,
            settings,
            progress=lambda done, total: tell(Event("progress", "files de-identified", done / max(1, total))),
        )
    )
    content = report(entries, settings)
    for line in summary(content):
        tell(Event("note", line))
    written = Study(destination)
    written.write_json(REPORT_FILE, content)
    written.write_text(REPORT_PAGE, page(content))
    write_links(links, entries)
    end(settings)
    return Deidentified(destination, aside, key_file, links, content)


def release(
    destination: str | Path,
    files: Sequence[str | Path] = (),
    *,
    quarantine: str | Path | None = None,
    blank: bool = False,
    boxes: Sequence[Box] = (),
    tell: Listener = silent,
) -> Deidentified:
    """Let files out of quarantine that a person has looked at.

    Args:
        destination: of the run that put them there.
        files: in quarantine; none: all that wait.
        quarantine: its folder; None: ``DESTINATION-quarantine``.
        blank: black out, in every frame, the places where text was found.
        boxes: further places to black out, in each of the files: (left, upper, right, lower) in pixels.
        tell: hears how it goes.

    Raises:
        UsageError: there is no such run, or a file is not one of those that wait.
    """
    destination = Path(destination)
    aside = Path(quarantine) if quarantine is not None else _beside(destination, "-quarantine")
    study = Study(destination)
    if not study.has(REPORT_FILE):
        raise UsageError(f"'{destination}' was not written by thirdeye deidentify: it has no {REPORT_FILE}")
    content = study.read_json(REPORT_FILE)
    names = waiting(content, aside, [Path(file) for file in files])
    held = {file["written"]: file for file in content["files"] if file["status"] == "quarantined"}
    tell(Event("stage", "Release"))
    black = [[*(map(tuple, held[name]["boxes"]) if blank else ()), *boxes] for name in names]
    tasks = [Task((str(aside), str(destination), n, b), LIMIT_S) for n, b in zip(names, black, strict=True)]
    for name, places, answer in zip(names, black, each(release_file, tasks), strict=True):
        if isinstance(answer, Lost):
            tell(Event("note", f"{name} {answer.reason}; it stays in quarantine"))
            continue
        held[name] |= {
            "status": "written",
            "written": answer,
            "looked_at": "blacked out" if places else "released as it is",
            "boxes": [list(box) for box in places],
        }
        content["counts"]["quarantined"] -= 1
        content["counts"]["written"] = content["counts"].get("written", 0) + 1
    for line in summary(content):
        tell(Event("note", line))
    study.write_json(REPORT_FILE, content)
    study.write_text(REPORT_PAGE, page(content))
    links = _beside(destination, ".links.csv")
    return Deidentified(destination, aside, _beside(destination, ".key"), links, content)


def _look(wanted: Look | None, everything: bool) -> Look:
    if everything and wanted in ("suspect", "trust"):
        raise UsageError(f"the option '{CLEAN_PIXELS}' searches pixels for text; don't forbid the search")
    if wanted == "search" or everything:
        refuse_without()
        return "search"
    return wanted or ("search" if can_search() else "suspect")


def _refuse_key_place(key_file: Path, *folders: Path) -> None:
    """The key lies in none of the folders, and only its owner can read it."""
    for folder in folders:
        if folder.resolve() in key_file.resolve().parents:
            raise UsageError(f"the key would lie in '{folder.name}'; keep it apart from the data, with --key")
    if key_file.exists() or key_file.is_symlink():
        refuse_if_shared(key_file)


def _refuse_file(path: Path) -> None:
    if path.exists():
        raise UsageError(
            f"'{path.name}' is there already, from another run; move it, or choose another folder"
        )


def _kind(source: Path, name: str) -> str:
    path = source if source.is_file() else source / name
    try:
        with path.open("rb") as file:
            return kind_of(file.read(HEAD_BYTES), path.name)
    except OSError:
        return ""


def _beside(folder: Path, ending: str) -> Path:
    whole = folder.resolve()
    return whole.with_name(whole.name + ending)
