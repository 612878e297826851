"""What the extra `pacs` brings, imported when it is needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from thirdeye.errors import MissingExtra


def from_pacs(module: str, feature: str) -> Any:
    """A module of a library that the extra `pacs` brings.

    Args:
        module: dotted name.
        feature: what it is needed for, as a person would say it.

    Raises:
        MissingExtra: the library is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(feature, "pacs") from error
