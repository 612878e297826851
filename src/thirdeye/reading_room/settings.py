"""What a room is told when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thirdeye.reading_room.people.house.settings import House

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Settings:
    """How a room runs. Nothing in it is secret.

    Args:
        folder: where the room keeps its database, key and images; made where missing.
        studies: folders of studies whose readers give the second opinion.
        database: URL for SQLAlchemy; None: SQLite in `folder`.
        hosts: names that a request may call the room by.
        secure: cookies travel over TLS only (behind a proxy that speaks it).
        upload_bytes: largest upload.
        body_bytes: largest body of any other request.
        anchor_file: a second place for the head of the audit, best on another machine's disk.
        anchor_s: seconds between two anchors.
        anchor_syslog: anchors also go to the system's log.
        house: where accounts of the house are kept; None: people sign in with a password of the room.
        upgrade_store: an older store in another database than SQLite may be changed.
        watched: folders whose new files are taken in, each with the name of its study; "": the only one.
        archive: where signed results are sent, "TITLE@host:port" or an address of DICOMweb; "": nowhere.
        quiet_s: seconds that a watched folder must be quiet before what came is sorted out.
        idle_s, session_s: a session ends after so many seconds without a request, and at the latest.
    """

    folder: Path
    studies: tuple[Path, ...] = ()
    database: str | None = None
    hosts: tuple[str, ...] = LOOPBACK
    secure: bool = False
    upload_bytes: int = 256 * 1024**2
    body_bytes: int = 1024**2
    anchor_file: Path | None = None
    anchor_s: float = 300.0
    anchor_syslog: bool = False
    house: House | None = None
    upgrade_store: bool = False
    watched: tuple[tuple[str, Path], ...] = ()
    archive: str = ""
    quiet_s: float = 5.0
    idle_s: int = 30 * 60
    session_s: int = 12 * 60 * 60

    @property
    def database_url(self) -> str:
        """The URL of the store."""
        return self.database or f"sqlite:///{self.folder / 'room.sqlite'}"
