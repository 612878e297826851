"""What may be said of an error: where it arose, and a sentence without paths; both may be read by anybody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def place_of(error: BaseException) -> str:
    """Module and line where an error arose, "module:12"; its message might hold an identity."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def nameless(said: str, paths: Iterable[Path]) -> str:
    """A sentence in which paths and names of files are "the image"."""
    for path in paths:
        said = said.replace(str(path), "the image").replace(path.name, "the image")
    return said
