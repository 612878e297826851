"""Where the accounts of the house are kept."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from thirdeye.errors import UsageError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class House:
    """A provider of OpenID Connect.

    Args:
        issuer: its address, as it names itself; https, or http on loopback.
        client: what the room is called there.
        secret_file: a file that holds the client's secret alone; None: a public client.

    Raises:
        UsageError: the address is no safe one, or the extra `oidc` is not installed.
    """

    issuer: str
    client: str
    secret_file: Path | None = None

    def __post_init__(self) -> None:
        if not is_safe(self.issuer):
            raise UsageError(f"--sign-in-at {self.issuer!r}: give the issuer's address, with https")
        if find_spec("joserfc") is None:
            raise UsageError("--sign-in-at needs one more part: pip install 'thirdeye-imaging[oidc]'")

    def secret(self) -> str | None:
        """The client's secret.

        Raises:
            UsageError: the file cannot be read.
        """
        if self.secret_file is None:
            return None
        try:
            return self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(
                f"--client-secret-file: '{self.secret_file.name}' cannot be read; it holds the secret alone"
            ) from None


def is_safe(address: str) -> bool:
    """Whether an address may be asked: encrypted, or on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.username or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
