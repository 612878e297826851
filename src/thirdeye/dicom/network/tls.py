"""Encrypted connections (PS3.15 annex B): TLS 1.2 or newer, certificates always checked."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from thirdeye.errors import UsageError


@dataclass(frozen=True)
class Tls:
    """Files of one side of an encrypted connection, all PEM.

    Args:
        certificate: our own.
        key: its private key.
        authorities: whom we trust. A listener that has them asks every caller for a certificate; a caller
            without them trusts those of the computer.
    """

    certificate: Path | None = None
    key: Path | None = None
    authorities: Path | None = None

    def for_listener(self) -> ssl.SSLContext:
        """Of the side that is called.

        Raises:
            UsageError: a file is missing or does not fit.
        """
        if self.certificate is None:
            raise UsageError("an encrypted listener needs a certificate: name --tls-cert and --tls-key")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._load(context)
        if self.authorities is not None:
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def for_caller(self) -> ssl.SSLContext:
        """Of the side that calls; the archive's certificate must name its host.

        Raises:
            UsageError: a file is missing or does not fit.
        """
        context = ssl.create_default_context()
        self._load(context)
        return context

    def _load(self, context: ssl.SSLContext) -> None:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
            if self.authorities is not None:
                context.load_verify_locations(self.authorities)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"the files for TLS cannot be used: {error.strerror or error}") from error
