"""``thirdeye serve-opinions``: the reader behind a small HTTP endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from thirdeye.cli.runtime_options import runtime_options
from thirdeye.errors import StageFailed, UsageError

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("serve-opinions")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0: any free one."
)
@click.option(
    "--known-as",
    "names",
    multiple=True,
    metavar="NAME",
    help="Host name that requests may use; needed for another address than this computer's own.",
)
@click.option("--with", "others", multiple=True, type=click.Path(path_type=Path), metavar="STUDY",
              help="Another reader beside the first; may be repeated.")  # fmt: skip
@click.option("--recalibration", type=click.Path(path_type=Path), metavar="FILE", help="As of thirdeye read.")
@click.option(
    "--most-mb", type=click.FloatRange(min=0.001), default=64.0, show_default=True, help="Largest image."
)
@runtime_options
def command(
    study: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    others: tuple[Path, ...],
    recalibration: Path | None,
    most_mb: float,
    **runtime: Any,
) -> None:
    """Answer HTTP requests with opinions by the reader of STUDY, until Ctrl-C.

    POST /v1/opinions takes one image as its body; /health, /v1/model and /openapi.json say the rest. Only
    this computer is answered unless --host says otherwise; there is no encryption and no login, so put a
    server that has both before it. Research use only.
    """
    if host not in _LOOPBACK and not names:
        raise UsageError(
            f"--host {host} can be reached from elsewhere; say by which name with --known-as, and put a "
            "server with encryption and login before it"
        )
    _serve(_reader(study, others, {**runtime, "recalibration": recalibration}), host, port, names, most_mb)


def _reader(study: Path, others: tuple[Path, ...], options: dict[str, Any]) -> Any:
    from thirdeye.inference.readers import open_reader
    from thirdeye.inference.together import Together

    return Together.load([study, *others], **options) if others else open_reader(study, **options)


def _serve(reader: Any, host: str, port: int, names: tuple[str, ...], most_mb: float) -> None:
    import socket

    import uvicorn

    from thirdeye.inference.endpoint.app import LOOPBACK, make_app
    from thirdeye.inference.endpoint.patience import PatientProtocol
    from thirdeye.inference.endpoint.upload import Limits

    limits = Limits(upload_bytes=int(most_mb * 1024**2))
    app = make_app(reader, limits=limits, hosts=[*LOOPBACK, *names])
    config = uvicorn.Config(
        app, host=host, port=port, http=PatientProtocol, access_log=False, log_level="warning",
        server_header=False,
        limit_concurrency=16, timeout_keep_alive=5, timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=16384, ws="none", proxy_headers=False, lifespan="on",
    )  # fmt: skip
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            raise StageFailed(
                f"cannot listen at {host}:{port} ({error.strerror}); choose another --port"
            ) from error
        shown = f"[{host}]" if ":" in host else host
        click.echo(
            f"opinions at http://{shown}:{listener.getsockname()[1]}/v1/opinions; Ctrl-C ends", err=True
        )
        uvicorn.Server(config).run(sockets=[listener])
