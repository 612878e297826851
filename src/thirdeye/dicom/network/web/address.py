"""Where a DICOMweb service is, and which addresses are never called."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from thirdeye.dicom.network.entity import Unreachable
from thirdeye.errors import UsageError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """The root of a service.

    Args:
        scheme: "https" or "http".
        host: name or address.
        port: of it.
        path: without a slash at its end ("/dicom-web").
        trusted: whether the user allowed this host although it is this computer or a neighbour's link.
    """

    scheme: str
    host: str
    port: int
    path: str
    trusted: bool = False

    @property
    def name(self) -> str:
        """The address without credentials or question."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def address_of(url: str, *, allowed: tuple[str, ...] = ()) -> Address:
    """The address that a user gives.

    Args:
        url: of the service's root.
        allowed: hosts that may be loopback or link-local.

    Raises:
        UsageError: it is none, or holds a password.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or ""), parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host = ""
    if not host or parts.scheme not in _PORTS or parts.query or parts.fragment:
        raise UsageError("that is no DICOMweb address; expected https://host:port/path")
    if parts.username is not None or parts.password is not None:
        raise UsageError("leave user and password out of the address; it is written into logs elsewhere")
    return Address(parts.scheme, host, port, parts.path.rstrip("/"), host in allowed)


def resolved(address: Address) -> str:
    """The number of the host that is then called, checked, so that no second look-up can lead elsewhere.

    Raises:
        UsageError: it is this computer, a link-local service (metadata of a cloud), or no single host.
        Unreachable: there is no such host.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"there is no host {address.host}; check the address") from error
    numbers = [str(entry[4][0]) for entry in found]
    for number in numbers:
        if not address.trusted and _never(number):
            raise UsageError(
                f"{address.host} is this computer or a service of its network, which is not called unless "
                f"you allow it: --allow-host {address.host}"
            )
    return numbers[0]


def _never(number: str) -> bool:
    told = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(told, "ipv4_mapped", None) or told
    return bool(
        mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast
        or mapped.is_reserved
    )  # fmt: skip


def path_of(address: Address, uri: str) -> str:
    """The path of a link that the service gave, where it leads to the service itself.

    Raises:
        UsageError: it leads to another host, port or scheme; it is not followed.
    """
    try:
        parts = urlsplit(urljoin(f"{address.name}/", uri))
        same = (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)) == (
            address.scheme, address.host.lower(), address.port,
        )  # fmt: skip
    except ValueError:
        same = False
    if not same or ".." in parts.path.split("/") or not parts.path.startswith(f"{address.path}/"):
        raise UsageError("the archive points to another place for its pixels, which is not followed")
    return parts.path + (f"?{parts.query}" if parts.query else "")
