"""How an archive is reached: DICOM by "TITLE@host:port", DICOMweb by an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thirdeye.dicom.network.peer import OWN_TITLE, Peer, peer_from
from thirdeye.dicom.network.store import Sent, send_files
from thirdeye.dicom.network.tls import Tls
from thirdeye.dicom.network.web.address import address_of
from thirdeye.dicom.network.web.client import WebArchive
from thirdeye.dicom.network.web.http import Access


@dataclass(frozen=True)
class Connection:
    """What all calls to an archive share.

    Args:
        own_title: our application entity title.
        timeout_s: for a connection, and for each answer.
        tls: files of an encrypted DICOM connection, or authorities and our certificate for https.
        allowed_hosts: that may be called although they are this computer or link-local.
        user, password, token: of DICOMweb.
    """

    own_title: str = OWN_TITLE
    timeout_s: float = 30.0
    tls: Tls | None = None
    allowed_hosts: tuple[str, ...] = ()
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def to(self, node: str) -> Peer | WebArchive:
        """The archive that a text names.

        Raises:
            UsageError: it names none.
        """
        if node.partition("://")[1]:
            access = Access(
                user=self.user, password=self.password, token=self.token, tls=self.tls,
                timeout_s=self.timeout_s,
            )  # fmt: skip
            return WebArchive(address_of(node, allowed=self.allowed_hosts), access)
        return peer_from(node, own_title=self.own_title, tls=self.tls, timeout_s=self.timeout_s)

    def send(self, node: str, files: Sequence[Path]) -> Iterator[Sent]:
        """Send files to the archive that a text names; as `Outbox.deliver` wants it."""
        archive = self.to(node)
        yield from (
            archive.send_files(files) if isinstance(archive, WebArchive) else send_files(archive, files)
        )
