"""Where pictures of the cases of an external set lie."""

from __future__ import annotations

PREFIX = "external:"


def external_folder(folder: str, name: str) -> str:
    """The folder of an external set below that of the test part's pictures.

    Args:
        folder: of the test part's ("explanation/points").
        name: of the set ("external:NAME").
    """
    return f"{folder}/{name.removeprefix(PREFIX)}"
