"""The reading room opened, served and closed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from thirdeye.dicom.network.connection import Connection
from thirdeye.errors import StageFailed
from thirdeye.reading_room.settings import Settings

_OTHERS = 0o077  # what the room keeps is for whoever runs it, and nobody else of the machine


def serve(
    settings: Settings, *, host: str, port: int, say: Callable[[str], None], lost: str | None = None,
    connection: Connection | None = None,
) -> None:  # fmt: skip
    """Serve a reading room until it is interrupted.

    Args:
        settings: of the room.
        host, port: where to listen; port 0: any free one.
        say: takes a line for the person at the terminal.
        lost: name for signing in of somebody who gets a one-time secret for a new password.
        connection: how the archive of the settings is called; None: plainly, without an account.

    Raises:
        StageFailed: nothing can listen there.
        UsageError: the room cannot be opened, or the archive of its settings is none.
    """
    import uvicorn

    from thirdeye.inference.endpoint.patience import PatientProtocol
    from thirdeye.reading_room.arrivals.watched import Watch
    from thirdeye.reading_room.audit.keeper import keeping
    from thirdeye.reading_room.jobs.crew import Crew
    from thirdeye.reading_room.opinions.studies import enter_studies
    from thirdeye.reading_room.people.first_start import one_time_secret
    from thirdeye.reading_room.people.invitations import recover
    from thirdeye.reading_room.room import Room
    from thirdeye.reading_room.sending.postman import Postman
    from thirdeye.reading_room.web.app import make_app

    calls = connection or Connection()
    if settings.archive:
        calls.to(settings.archive)  # a node that cannot be one is told at once
    mask = os.umask(_OTHERS)
    room = Room.open(settings)
    try:
        studies = enter_studies(room)
        with _listening(host, port) as listener:
            address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
            secret = one_time_secret(room)
            if secret is not None:
                say(
                    f"first start: make the administrator at {address}/first-start with the one-time secret "
                    f"{secret}"
                )
            if lost is not None:
                say(f"set a new password at {address}/welcome with the one-time secret {recover(room, lost)}")
            say(f"the reading room is open at {address}/; Ctrl-C closes it")
            app = make_app(room)
            config = uvicorn.Config(
                app, http=PatientProtocol, access_log=False, log_level="warning",
                server_header=False, limit_concurrency=512, timeout_keep_alive=15,
                timeout_graceful_shutdown=10,
                h11_max_incomplete_event_size=16384, ws="none", proxy_headers=False, lifespan="on",
            )  # fmt: skip
            with (
                keeping(room),
                Postman(room, calls.send),
                Crew(room, studies) as app.state.crew,
                Watch(room, app.state.crew.sort_out),
            ):
                uvicorn.Server(config).run(sockets=[listener])
    finally:
        room.close()
        os.umask(mask)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise StageFailed(
            f"cannot listen at {host}:{port} ({error.strerror}); choose another --port"
        ) from error
    return listener
