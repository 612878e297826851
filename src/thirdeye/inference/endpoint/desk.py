"""One reader, one thread that reads, a short queue before it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.inference.alarms import showing_at
from thirdeye.inference.endpoint.refusal import Refusal
from thirdeye.inference.second_opinion import Failure

SOURCE = "upload"  # what opinions call the image: never a name that came with it


class Desk:
    """Reads uploaded files one after the other.

    Args:
        reader: anything with `read_many`.
        waiting: requests that may wait; more are sent away.
        answer_s: seconds that a request may take, waiting included.
    """

    def __init__(self, reader: Any, *, waiting: int, answer_s: float) -> None:
        self._reader = reader
        self._most = waiting + 1
        self._answer_s = answer_s
        self._inside = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")

    async def read(self, path: Path, *, alarms: str | None = None) -> dict[str, Any]:
        """The opinion on a file, JSON-ready.

        Args:
            path: the file.
            alarms: of a reader of boxes, see `thirdeye.inference.alarms`; None: its own threshold.

        Raises:
            Refusal: 400 where the reader has no such threshold, 503 where too many wait, 504 where it takes
                too long, 422 for what is no readable image.
        """
        if self._inside >= self._most:
            raise Refusal(503, "the reader is busy; try again in a moment")
        self._inside += 1
        call = asyncio.get_running_loop().run_in_executor(self._thread, self._read, path, alarms)
        call.add_done_callback(self._leave)
        try:
            # a call that is under way cannot be broken off: it keeps its place until it ends
            return await asyncio.wait_for(asyncio.shield(call), self._answer_s)
        except TimeoutError:
            raise Refusal(504, f"reading took longer than {self._answer_s:g} s") from None

    def close(self) -> None:
        """No further reading."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _leave(self, call: asyncio.Future[Any]) -> None:
        self._inside -= 1
        if not call.cancelled():
            call.exception()  # heard, so that nothing complains of an answer that nobody waited for

    def _read(self, path: Path, alarms: str | None) -> dict[str, Any]:
        try:
            with showing_at(self._reader, alarms):  # one thread reads, so nobody else sees this threshold
                (found,) = self._reader.read_many([path])
        except UsageError as error:
            raise Refusal(400, str(error)) from None
        if isinstance(found, Failure):
            said = found.error.replace(path.name, SOURCE)
            raise Refusal(422, f"the image cannot be read: {said}")
        form = found.opinion.as_json() if hasattr(found, "opinion") else found.as_json()
        return _renamed(form)


def _renamed(form: dict[str, Any]) -> dict[str, Any]:
    """The same without the place where the file lay for a moment."""
    opinions = [_renamed(one) for one in form["opinions"]] if "opinions" in form else None
    return {**form, "source": SOURCE, **({} if opinions is None else {"opinions": opinions})}
