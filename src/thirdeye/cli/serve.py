"""``thirdeye serve``: the reading room."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from thirdeye.cli.pacs_options import archive_options
from thirdeye.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("serve")
@click.argument("studies", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="STUDY...")
@click.option("--room", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where store, key and images are kept; else a folder in the first STUDY.")  # fmt: skip
@click.option(
    "--database", metavar="URL", help="Store elsewhere, such as postgresql+psycopg://user@host/name."
)
@click.option("--sign-in-at", "issuer", metavar="ISSUER",
              help="People may sign in with an account of the house (OpenID Connect).")  # fmt: skip
@click.option("--client-id", metavar="ID", help="What the room is called there.")
@click.option("--client-secret-file", type=click.Path(path_type=Path), metavar="FILE",
              help="File with the secret that the room has there.")  # fmt: skip
@click.option("--new-secret-for", "lost", metavar="LOGIN",
              help="Print a one-time secret for somebody who lost the password.")  # fmt: skip
@click.option("--upgrade-store", is_flag=True, help="An older --database may be changed; a copy was made.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0: any free one."
)
@click.option("--watch", "watched", multiple=True, metavar="[STUDY=]FOLDER",
              help="Take in what comes into FOLDER, also what thirdeye pacs listen keeps there.")  # fmt: skip
@click.option("--archive", default="", metavar="NODE",
              help="Send signed results there: TITLE@host:port, or an address of DICOMweb.")  # fmt: skip
@archive_options
@click.option("--known-as", "names", multiple=True, metavar="NAME", help="Host name that requests may use.")
@click.option("--anchor-file", type=click.Path(path_type=Path), metavar="FILE",
              help="A second place for the head of the audit.")  # fmt: skip
@click.option("--anchor-syslog", is_flag=True, help="The head of the audit also goes to the system's log.")
@click.option(
    "--behind-tls", is_flag=True, help="A proxy before it speaks TLS: cookies travel encrypted only."
)
def command(
    studies: tuple[Path, ...], room: Path | None, database: str | None, host: str, port: int,
    names: tuple[str, ...], behind_tls: bool, anchor_file: Path | None, anchor_syslog: bool,
    upgrade_store: bool, issuer: str | None, client_id: str | None, client_secret_file: Path | None,
    watched: tuple[str, ...], archive: str, lost: str | None, connection: Any,
) -> None:  # fmt: skip
    """The reading room of one or several studies: the doctor decides first, the machine second.

    The first start prints a one-time secret for making the administrator. Research use only.
    """
    if host not in _LOOPBACK and not (names and behind_tls):
        raise UsageError(
            f"--host {host} can be reached from elsewhere: name it with --known-as and put a server with "
            "encryption before it (--behind-tls)"
        )
    if unfit := [name for name in names if not _NAME.fullmatch(name)]:
        raise UsageError(f"--known-as {unfit[0]!r}: give a host name such as reading.hospital.example")
    if (issuer is None) != (client_id is None):
        raise UsageError("--sign-in-at and --client-id go together; the provider's administrator gives both")
    from thirdeye.journey.serving import serve
    from thirdeye.reading_room.people.house.settings import House
    from thirdeye.reading_room.settings import LOOPBACK, Settings

    settings = Settings(
        folder=room or studies[0] / "reading_room", studies=studies, database=database,
        hosts=(*LOOPBACK, *names), secure=behind_tls, anchor_file=anchor_file, anchor_syslog=anchor_syslog,
        upgrade_store=upgrade_store,
        house=House(issuer, client_id, client_secret_file) if issuer and client_id else None,
        watched=tuple(map(_watched, watched)), archive=archive,
    )  # fmt: skip
    serve(settings, host=host, port=port, say=lambda line: click.echo(line, err=True), lost=lost,
          connection=connection)  # fmt: skip


def _watched(said: str) -> tuple[str, Path]:
    """ "STUDY=FOLDER" or "FOLDER"; a folder whose name holds "=" is meant where it is there."""
    name, equals, folder = said.partition("=")
    return (name, Path(folder)) if equals and not Path(said).is_dir() else ("", Path(said))
