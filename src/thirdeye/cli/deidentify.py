"""``thirdeye deidentify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thirdeye.case.study import json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import json_option
from thirdeye.dicom.deidentify.profile import DEFAULT_OPTIONS, OPTIONS
from thirdeye.errors import DataRefused, UsageError

if TYPE_CHECKING:
    from thirdeye.intake.deidentify.settings import Look

_PATH = click.Path(path_type=Path)
_KNOWN = "\n\n".join(f"{name}: {option.help}" for name, option in OPTIONS.items() if not option.refused)


@click.command("deidentify", epilog=f"Options of PS3.15 for --option:\n\n{_KNOWN}")
@click.argument("places", metavar="SRC DST", nargs=-1, required=True, type=_PATH)
@click.option("--key", type=_PATH, help="Key of the pseudonyms; made where none is.  [default: DST.key]")
@click.option("--quarantine", type=_PATH, help="What a person has to look at.  [default: DST-quarantine]")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME",
    help=f"An option of PS3.15 beside the basic profile; may be repeated; 'none': no option. "
    f"[default: {', '.join(DEFAULT_OPTIONS)}]",
)
@click.option(
    "--ocr/--no-ocr",
    default=None,
    help="Search pixels for text, or don't.  [default: if the extra 'ocr' is there]",
)
@click.option(
    "--pixels-are-clean", is_flag=True, help="Say aloud that no pixel holds text: nothing is searched."
)
@click.option("--dry-run", is_flag=True, help="Only say what is there; nothing is written.")
@click.option(
    "--release",
    "released",
    is_flag=True,
    help="With DST FILE...: let files out of quarantine that you have looked at.",
)
@click.option(
    "--all", "everything", is_flag=True, help="With --release: every file, since you looked at all."
)
@click.option("--blank", is_flag=True, help="With --release: black out the places where text was found.")
@click.option(
    "--box",
    "boxes",
    multiple=True,
    metavar="L,U,R,B",
    help="With --release: black out this place too (left, upper, right, lower, in pixels); may be repeated.",
)
@json_option
def command(
    places: tuple[Path, ...],
    released: bool,
    everything: bool,
    blank: bool,
    boxes: tuple[str, ...],
    ocr: bool | None,
    pixels_are_clean: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Copy SRC to DST without identities: DICOM by PS3.15 Annex E, pictures and NIfTI without metadata.

    SRC is only read. Exit code 0 also where files went to quarantine, which is said; 3 where no file could be
    written.
    """
    from thirdeye.journey.deidentifying import REPORT_PAGE, deidentify
    from thirdeye.journey.releasing import release

    if not released and (blank or boxes or everything):
        raise UsageError("--blank, --box and --all go with --release, once you have looked into quarantine")
    if not released and len(places) != 2:
        raise UsageError(f"expected SRC and DST, got {len(places)} places; to let files go, add --release")
    if released and (not places[1:]) != everything:
        raise UsageError("name the files in quarantine that you have looked at, or say --all, but not both")
    with Console() as console:
        if released:
            extra, quarantine = [_box(text) for text in boxes], given["quarantine"]
            done = release(
                places[0], places[1:], quarantine=quarantine, blank=blank, boxes=extra, tell=console
            )
        else:
            given["options"] = (
                tuple(n for n in given["options"] if n != "none") if given["options"] else DEFAULT_OPTIONS
            )
            look: Look | None = None if ocr is None else "search" if ocr else "suspect"
            done = deidentify(*places, look="trust" if pixels_are_clean else look, tell=console, **given)
    if as_json:
        click.echo(json_text(done.report))
    elif not given["dry_run"]:
        click.echo(f"Report: {done.destination / REPORT_PAGE}")
    counts = done.report.get("counts")
    if counts is not None and not counts.get("written") and not counts.get("quarantined"):
        raise DataRefused("no file could be de-identified; the report says why")


def _box(text: str) -> tuple[int, int, int, int]:
    parts = text.split(",")
    if len(parts) != 4 or not all(part.strip().isdigit() for part in parts):
        raise UsageError(f"--box takes four whole numbers: left,upper,right,lower; got '{text}'")
    left, upper, right, lower = (int(part) for part in parts)
    return left, upper, right, lower
