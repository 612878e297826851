"""How a running stage is shown: a live line on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

import click

from thirdeye.cli.interruption import INTERRUPTION

if TYPE_CHECKING:
    from thirdeye.training.event import Event

PLAIN_INTERVAL_S = 15.0
WIDTH = 100


class Console:
    """Hears events and shows them. Use as a context manager, so that the last live line is closed.

    Args:
        live: whether to redraw one line; None: when stderr is a terminal.
    """

    def __init__(self, *, live: bool | None = None) -> None:
        self.live = sys.stderr.isatty() if live is None else live
        self.started = time.monotonic()
        self._open = False
        self._last_plain = 0.0

    def __enter__(self) -> Console:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close_line()

    def __call__(self, event: Event) -> None:
        """Show one event; a good moment to notice Ctrl-C."""
        INTERRUPTION.check()
        if event.kind == "progress":
            self._progress(event)
            return
        self._close_line()
        if event.kind == "stage":
            click.secho(f"[{self._clock()}] {event.text}", err=True, bold=True)
        elif event.kind == "figure":
            click.secho(f"  validated: {event.text}", err=True, fg="green")
        else:
            click.echo(f"  {event.text}", err=True)

    def _progress(self, event: Event) -> None:
        share = "" if event.done is None else f"{event.done:4.0%}  "
        left = "" if event.remaining_s is None else f", about {_short(event.remaining_s)} left"
        line = f"  {share}{event.text}{left}"
        if self.live:
            click.echo(f"\r\x1b[2K{line[:WIDTH]}", nl=False, err=True)
            self._open = True
        elif time.monotonic() - self._last_plain > PLAIN_INTERVAL_S:
            self._last_plain = time.monotonic()
            click.echo(line, err=True)

    def _close_line(self) -> None:
        if self._open:
            click.echo("\r\x1b[2K", nl=False, err=True)
            self._open = False

    def _clock(self) -> str:
        seconds = int(time.monotonic() - self.started)
        return f"{seconds // 60:02d}:{seconds % 60:02d}"


def _short(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
