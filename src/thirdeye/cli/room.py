"""``thirdeye room``: looking after a reading room."""

from __future__ import annotations

from pathlib import Path

import click

from thirdeye.case.study import json_text
from thirdeye.cli.options import json_option

_BROKEN = 4
_DATABASE = click.option("--database", metavar="URL", help="Its store, where it is not in the folder.")
_SHOWN = 20


@click.group("room")
def command() -> None:
    """Look after a reading room: verify its audit, back it up, bring it back."""


@command.command("verify")
@click.argument("room", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--anchors", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="File of anchors that was kept elsewhere; may be repeated.")  # fmt: skip
@_DATABASE
@json_option
def verify(room: Path, anchors: tuple[Path, ...], database: str | None, as_json: bool) -> None:
    """Look at every entry of the audit of ROOM; code 4 where it is not whole."""
    from thirdeye.journey.room_keeping import verify_room

    found = verify_room(room, database=database, anchors=anchors)
    if as_json:
        click.echo(json_text(found.as_json()))
    else:
        click.echo(f"{found.entries:,} entries: " + ("the audit is whole." if found.whole else "NOT WHOLE."))
        for problem in found.problems[:_SHOWN]:
            click.echo(f"  {problem}")
        if len(found.problems) > _SHOWN:
            click.echo(f"  and {len(found.problems) - _SHOWN:,} more")
        click.echo(
            f"Anchors vouch for it up to entry {found.anchored:,}." if found.anchored
            else "No anchor vouches for it: a cut-off end would not be noticed."
        )  # fmt: skip
    if not found.whole:
        raise click.exceptions.Exit(_BROKEN)


@command.command("backup")
@click.argument("room", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("destination", type=click.Path(path_type=Path))
@_DATABASE
def backup(room: Path, destination: Path, database: str | None) -> None:
    """Copy ROOM, which may be open, into the empty folder DESTINATION. The copy holds the key: guard it."""
    from thirdeye.journey.room_keeping import backup_room

    form = backup_room(room, destination, database=database)
    click.echo(
        f"{len(form['files']):,} files copied. The copy holds identities and the room's key: guard it."
    )


@command.command("restore")
@click.argument("copy", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("room", type=click.Path(path_type=Path))
def restore(copy: Path, room: Path) -> None:
    """Bring a room back from COPY into the empty folder ROOM; every file is compared with its hash."""
    from thirdeye.journey.room_keeping import restore_room

    form = restore_room(copy, room)
    click.echo(f"{len(form['files']):,} files brought back, as of {form['at']}.")
    if "room.dump" in form["files"]:
        click.echo("Its store was on PostgreSQL: bring it back with pg_restore --dbname=... room.dump")
    else:
        click.echo("Next: thirdeye room verify, then thirdeye serve --room.")


@command.command("audit")
@click.argument("room", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="FILE.csv, or FILE.jsonl.")
@_DATABASE
def audit(room: Path, out: Path, database: str | None) -> None:
    """Write the whole audit of ROOM into a file."""
    from thirdeye.journey.room_keeping import export_audit

    click.echo(f"{export_audit(room, out, database=database):,} entries written.")
