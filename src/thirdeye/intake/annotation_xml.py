"""XML that people bring: no document type, no entities, so that nothing expands and nothing is fetched."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from thirdeye.errors import UnreadableFile

MAX_BYTES = 64 * 1024**2


def read_xml(path: Path, name: str) -> ElementTree.Element:
    """The root element.

    Args:
        path: the file.
        name: as the user knows it.

    Raises:
        UnreadableFile: too large, not XML, or with a document type (which may define entities that expand
            without end, or lead to other files).
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(name, f"is larger than {MAX_BYTES // 1024**2} MB")
        content = path.read_bytes()
        guard = expat.ParserCreate()
        guard.StartDoctypeDeclHandler = _refuse
        guard.Parse(content, True)
        return ElementTree.fromstring(content)
    except _Doctype:
        raise UnreadableFile(name, "has a document type (DOCTYPE), which annotations do not need") from None
    except (expat.ExpatError, ElementTree.ParseError, ValueError, RecursionError) as error:
        raise UnreadableFile(name, f"is not readable as XML ({str(error)[:120]})") from None
    except OSError as error:
        raise UnreadableFile(name, f"cannot be opened ({error.strerror})") from None


class _Doctype(Exception):
    """Raised from inside the parser."""


def _refuse(*_: Any) -> NoReturn:
    raise _Doctype
