"""Taking in an uploaded image: no longer, no slower and of no other kind than agreed."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from thirdeye.inference.endpoint.refusal import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

# type of a picture to the ending that its format is known by
KINDS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "application/dicom": ".dcm",
}


@dataclass(frozen=True)
class Limits:
    """What the endpoint bears.

    Args:
        upload_bytes: largest image file.
        upload_s: seconds in which it has to arrive.
        waiting: requests that may wait for the reader; more are sent away.
        answer_s: seconds that reading may take, waiting included.
    """

    upload_bytes: int = 64 * 1024**2
    upload_s: float = 30.0
    waiting: int = 8
    answer_s: float = 120.0


@asynccontextmanager
async def uploaded(request: Request, limits: Limits) -> AsyncIterator[Path]:
    """The body of a request as a file of a private folder that is gone afterwards.

    Raises:
        Refusal: 415 for another kind, 413 for too much, 408 for too slow, 422 for nothing.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise Refusal(415, f"send one image as the body, with a Content-Type of {', '.join(KINDS)}")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.upload_bytes:
        raise _too_large(limits)
    with tempfile.TemporaryDirectory(prefix="thirdeye-") as folder:
        path = Path(folder) / f"upload{KINDS[kind]}"
        try:
            async with asyncio.timeout(limits.upload_s):
                size = await _written(request, path, limits)
        except TimeoutError:
            raise Refusal(408, f"the image did not arrive within {limits.upload_s:g} s") from None
        if size == 0:
            raise Refusal(422, "the body is empty; send one image as the body")
        yield path


async def _written(request: Request, path: Path, limits: Limits) -> int:
    size = 0
    with path.open("wb") as stream:
        async for piece in request.stream():
            size += len(piece)
            if size > limits.upload_bytes:
                raise _too_large(limits)
            stream.write(piece)
    return size


def _too_large(limits: Limits) -> Refusal:
    return Refusal(413, f"the image is larger than {limits.upload_bytes / 1024**2:g} MB")
