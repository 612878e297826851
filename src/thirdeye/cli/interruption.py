"""Ctrl-C, and a request to end, that cannot be lost.

A `KeyboardInterrupt` is raised wherever the program happens to be, and some libraries swallow it (a bare
`except` while they import something). So the wish is remembered too, and honoured at the next message.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType


class Interruption:
    """Remembers Ctrl-C from `watch` on."""

    def __init__(self) -> None:
        self.wanted = False

    def watch(self) -> None:
        """Hear Ctrl-C, unless whoever started the program said that it be ignored, or we are in a thread."""
        self.wanted = False
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._heard)

    def watch_requests_to_end(self) -> None:
        """Hear such a request (SIGTERM) like Ctrl-C, unless we are in a thread."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._heard)

    def check(self) -> None:
        """Stop here if Ctrl-C was pressed.

        Raises:
            KeyboardInterrupt: it was.
        """
        if self.wanted:
            raise KeyboardInterrupt

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.wanted = True
        raise KeyboardInterrupt


INTERRUPTION = Interruption()
