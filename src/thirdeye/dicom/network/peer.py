"""Who is called: title, host and port of a DICOM node."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thirdeye.dicom.network.tls import Tls
from thirdeye.errors import UsageError

DEFAULT_PORT = 104
OWN_TITLE = "THIRDEYE"
_NODE = re.compile(
    r"(?:(?P<title>[^@]{1,16})@)?(?P<host>\[[0-9a-fA-F:]+\]|[^:@\s\[\]]+)(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True)
class Peer:
    """A node of the network.

    Args:
        host: name or address.
        port: 1 to 65,535.
        title: its application entity title; 1 to 16 characters (PS3.5, AE).
        own_title: ours, as we introduce ourselves.
        tls: of an encrypted connection; None: plain.
        timeout_s: for a connection, and for each answer.
    """

    host: str
    port: int
    title: str = "ANY-SCP"
    own_title: str = OWN_TITLE
    tls: Tls | None = None
    timeout_s: float = 30.0

    @property
    def name(self) -> str:
        """ "TITLE@host:port"."""
        return f"{self.title}@{self.host}:{self.port}"


def peer_from(
    text: str, *, own_title: str = OWN_TITLE, tls: Tls | None = None, timeout_s: float = 30.0
) -> Peer:
    """A peer from "TITLE@host:port"; without a title "ANY-SCP", without a port 104.

    Raises:
        UsageError: it is none.
    """
    match = _NODE.fullmatch(text.strip())
    port = int(match["port"] or DEFAULT_PORT) if match else 0
    if match is None or not 1 <= port <= 65_535:
        raise UsageError(f"'{text}' is no DICOM node; expected TITLE@host:port, such as ARCHIVE@10.0.0.5:104")
    return Peer(
        match["host"].strip("[]"), port, checked_title(match["title"] or "ANY-SCP"),
        checked_title(own_title), tls, timeout_s,
    )  # fmt: skip


def checked_title(title: str) -> str:
    """An application entity title.

    Raises:
        UsageError: it is empty, longer than 16 characters, or holds letters that DICOM does not allow.
    """
    plain = title.strip()
    if not 1 <= len(plain) <= 16 or not plain.isascii() or not plain.isprintable() or "\\" in plain:
        raise UsageError(
            f"'{title}' is no application entity title; expected 1 to 16 plain letters, such as ARCHIVE"
        )
    return plain
