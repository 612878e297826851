"""The document as one self-contained page: no script, no outside file, every text escaped."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from typing import Any

from thirdeye.report.document import Document


def render_html(document: Document) -> str:
    """The page; pictures are data URIs, figures are inline SVG that follows light and dark."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["data_uri"] = data_uri
    # Drawings come from our own figures, whose texts matplotlib has escaped.
    environment.filters["svg"] = lambda drawing: Markup(drawing.svg)
    environment.tests["wide"] = lambda figure: figure.drawing.width_in >= 5
    source = _resource("page.html.j2")
    return environment.from_string(source).render(document=document, style=Markup(_style()))


def data_uri(picture: bytes) -> str:
    """A PNG or JPEG as the value of a ``src`` attribute."""
    kind = "jpeg" if picture.startswith(b"\xff\xd8") else "png"
    return f"data:image/{kind};base64," + base64.b64encode(picture).decode("ascii")


def _style() -> str:
    return re.sub(r"\s*\n\s*", "\n", _resource("page.css"))


def _resource(name: str) -> Any:
    return files("thirdeye.report").joinpath(name).read_text(encoding="utf-8")
