"""``thirdeye deidentify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thirdeye.case.study import json_text
from thirdeye.cli.console import Console
from thirdeye.cli.options import json_option
from thirdeye.dicom.deidentify.profile import DEFAULT_OPTIONS, OPTIONS
from thirdeye.errors import DataRefused

if TYPE_CHECKING:
    from thirdeye.intake.deidentify.settings import Look

_PATH = click.Path(path_type=Path)
_KNOWN = "\n\n".join(f"{name}: {option.help}" for name, option in OPTIONS.items() if not option.refused)


@click.command("deidentify", epilog=f"Options of PS3.15 for --option:\n\n{_KNOWN}")
@click.argument("source", metavar="SRC", type=_PATH)
@click.argument("destination", metavar="DST", type=_PATH)
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
@json_option
def command(
    source: Path,
    destination: Path,
    key: Path | None,
    quarantine: Path | None,
    options: tuple[str, ...],
    ocr: bool | None,
    pixels_are_clean: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Copy SRC to DST without identities: DICOM by PS3.15 Annex E, pictures and NIfTI without metadata.

    SRC is only read. Exit code 0 also where files went to quarantine, which is said; 3 where no file could be
    written.
    """
    from thirdeye.journey.deidentifying import deidentify

    wanted = DEFAULT_OPTIONS if not options else tuple(name for name in options if name != "none")
    look: Look | None = None if ocr is None else "search" if ocr else "suspect"
    with Console() as console:
        done = deidentify(
            source,
            destination,
            key=key,
            quarantine=quarantine,
            options=wanted,
            look="trust" if pixels_are_clean else look,
            dry_run=dry_run,
            tell=console,
        )
    if as_json:
        click.echo(json_text(done.report))
    elif not dry_run:
        click.echo(f"Report: {destination / 'deidentification.html'}")
    counts = done.report.get("counts", {})
    if not dry_run and not counts.get("written") and not counts.get("quarantined"):
        raise DataRefused("no file could be de-identified; the report says why")
