"""A layout: one way in which people arrange labelled images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.registry import Registry


@dataclass(frozen=True)
class Layout:
    """One plugin.

    Args:
        title: what it is, for a person ("a folder per class").
        recognise: cheap look at DATA; True when `read` would understand it. Layouts are asked in the order
            in which they were registered.
        read: reads DATA.
    """

    title: str
    recognise: Callable[[Path, Options], bool]
    read: Callable[[Path, Options], Reading]


LAYOUTS: Registry[Layout] = Registry("layout")
