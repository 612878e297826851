"""Bodies of several parts (RFC 2387), as DICOMweb sends and takes them."""

from __future__ import annotations

import re
from uuid import uuid4

from thirdeye.errors import StageFailed

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)


def packed(content: bytes, kind: str = "application/dicom") -> tuple[bytes, str]:
    """A body of one part, and its content type.

    Args:
        content: of the part.
        kind: its media type.
    """
    boundary = uuid4().hex
    while boundary.encode() in content:
        boundary = uuid4().hex
    body = b"".join(
        [
            f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode(),
            content,
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
    return body, f'multipart/related; type="{kind}"; boundary={boundary}'


def parts_of(body: bytes, kind: str) -> list[bytes]:
    """Contents of the parts of a body; a body that is no multipart is its own only part.

    Args:
        body: as it came.
        kind: its content type.

    Raises:
        StageFailed: it says that it has parts, and has none.
    """
    if not kind.strip().lower().startswith("multipart/"):
        return [body]
    match = _BOUNDARY.search(kind)
    mark = b"" if match is None else b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    if not mark or mark not in body:
        raise StageFailed("the archive's answer of several parts is damaged")
    found = []
    for part in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        if part.startswith(b"--"):
            break
        _, blank, content = part.partition(b"\r\n\r\n")
        if blank:
            found.append(content)
    return found
