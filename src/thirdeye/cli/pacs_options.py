"""Options of ``thirdeye pacs`` that several commands share; each builds one frozen object."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]
_FILE = click.Path(path_type=Path)
_TLS = (
    click.option(
        "--tls-cert", type=_FILE, metavar="PEM", help="Our certificate, for an encrypted connection."
    ),
    click.option("--tls-key", type=_FILE, metavar="PEM", help="Its private key."),
    click.option("--tls-ca", type=_FILE, metavar="PEM", help="Whose certificates we trust."),
)
_LISTENING = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", type=click.IntRange(0, 65535), default=11112, show_default=True,
                 help="0: any free one."),
    click.option("--title", default="THIRDEYE", show_default=True, help="Our application entity title."),
    click.option("--caller", "callers", multiple=True, metavar="TITLE",
                 help="Who may call; may be repeated.  [all]"),
    click.option("--most-associations", type=click.IntRange(1, 500), default=10, show_default=True,
                 help="Associations at once."),
    click.option("--most-mb", type=click.IntRange(1, 2048), default=1024, show_default=True,
                 help="Largest image, in megabytes."),
    click.option("--silence", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True,
                 help="Seconds after which a silent caller is cut off."),
)  # fmt: skip
_CALLING = (
    click.option("--own-title", default="THIRDEYE", show_default=True, help="Our title when we call."),
    click.option("--timeout", type=click.FloatRange(0.1, 3600), default=30.0, show_default=True,
                 help="Seconds to wait for an answer."),
    click.option("--tls", "encrypted", is_flag=True, help="Call over an encrypted connection."),
    click.option("--allow-host", "hosts", multiple=True, metavar="HOST",
                 help="DICOMweb: a host that may be this computer. May be repeated."),
    click.option("--user", default="",
                 help="DICOMweb: user; the password comes from THIRDEYE_DICOMWEB_PASSWORD."),
)  # fmt: skip
_ARCHIVE = (
    click.option("--archive-own-title", default="THIRDEYE", show_default=True,
                 help="Our title when we call the archive."),
    click.option("--archive-tls", is_flag=True, help="Call the archive over an encrypted connection."),
    click.option("--archive-tls-cert", type=_FILE, metavar="PEM", help="Our certificate for the archive."),
    click.option("--archive-tls-key", type=_FILE, metavar="PEM", help="Its private key."),
    click.option("--archive-tls-ca", type=_FILE, metavar="PEM", help="Whose certificates we trust there."),
    click.option("--archive-allow-host", "archive_hosts", multiple=True, metavar="HOST",
                 help="DICOMweb: a host that may be this computer. May be repeated."),
    click.option("--archive-user", default="", metavar="NAME",
                 help="DICOMweb: user; the password comes from THIRDEYE_DICOMWEB_PASSWORD."),
)  # fmt: skip


def archive_options(command: Command) -> Command:
    """Add the options of a call to an archive, each ``--archive-...``; the command gets `connection`."""

    @wraps(command)
    def filled(*, archive_own_title: str, archive_tls: bool, archive_hosts: tuple[str, ...],
               archive_user: str, **more: Any) -> Any:  # fmt: skip
        files = {key: more.pop(f"archive_{key}") for key in ("tls_cert", "tls_key", "tls_ca")}
        tls = _tls(files) if archive_tls or files["tls_ca"] or files["tls_cert"] else None
        return command(connection=_connection(archive_own_title, tls, archive_hosts, archive_user), **more)

    return _with(filled, _ARCHIVE)


def listener_options(command: Command) -> Command:
    """Add the options of a listener; the command gets `listening`."""

    @wraps(command)
    def filled(
        *, host: str, port: int, title: str, callers: tuple[str, ...], most_associations: int, most_mb: int,
        silence: float, **more: Any,
    ) -> Any:  # fmt: skip
        from thirdeye.dicom.network.listener import Listening

        tls = _tls(more) if more.get("tls_cert") else None
        listening = Listening(
            host=host, port=port, title=title, callers=callers, most_associations=most_associations,
            most_bytes=most_mb * 1024**2, most_bytes_at_once=2 * most_mb * 1024**2, timeout_s=silence,
            tls=tls,
        )  # fmt: skip
        if not hasattr(command, "calls"):
            more = {key: value for key, value in more.items() if not key.startswith("tls_")}
        return command(listening=listening, **more)

    return _with(filled, _LISTENING if hasattr(command, "calls") else (*_LISTENING, *_TLS))


def connection_options(command: Command) -> Command:
    """Add the options of a call; the command gets `connection`."""

    @wraps(command)
    def filled(
        *, own_title: str, timeout: float, encrypted: bool, hosts: tuple[str, ...], user: str, **more: Any
    ) -> Any:
        tls = _tls(more) if encrypted or more.get("tls_ca") or more.get("tls_cert") else None
        connection = _connection(own_title, tls, hosts, user, timeout_s=timeout)
        rest = {key: value for key, value in more.items() if not key.startswith("tls_")}
        return command(connection=connection, **rest)

    filled.calls = True  # type: ignore[attr-defined]
    return _with(filled, (*_CALLING, *_TLS))


def _connection(title: str, tls: Any, hosts: tuple[str, ...], user: str, *, timeout_s: float = 30.0) -> Any:
    """A connection; what is secret comes from the environment, never from the command line."""
    from thirdeye.dicom.network.connection import Connection

    return Connection(
        own_title=title, timeout_s=timeout_s, tls=tls, allowed_hosts=hosts, user=user,
        password=os.environ.get("THIRDEYE_DICOMWEB_PASSWORD", ""),
        token=os.environ.get("THIRDEYE_DICOMWEB_TOKEN", ""),
    )  # fmt: skip


def _tls(given: dict[str, Any]) -> Any:
    from thirdeye.dicom.network.tls import Tls

    return Tls(given["tls_cert"], given["tls_key"], given["tls_ca"])


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
