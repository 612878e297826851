"""Print figures: right size, right resolution, strict XML, no letter under 7 points, no font needed."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import pytest
from matplotlib.text import Text
from PIL import Image

from thirdeye.report.figures import drawing
from thirdeye.report.figures.drawing import Drawing
from thirdeye.report.figures.flow import Station, flow_figure
from thirdeye.report.figures.roc import Curve, Point, roc_figure
from thirdeye.report.publication import print_figure as module
from thirdeye.report.publication.print_figure import print_figure

NAME = '<script>alert("x")</script> & $\\frac$ 肺炎'
FIGURES = {
    "single": (
        lambda: roc_figure([Curve(NAME, [0, 0.1, 1], [0, 0.8, 1])], [Point(NAME, (0.1, 0, 1), (0.8, 0, 1))]),
        88,
    ),
    "double": (
        lambda: flow_figure(Station(NAME, ("a",)), Station("c", (NAME,)), [Station("d", ())] * 3),
        178,
    ),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_size_and_resolution(kind: str) -> None:
    make, width = FIGURES[kind]
    found = print_figure(make())
    assert found is not None
    assert found.width_mm == width
    with Image.open(io.BytesIO(found.png)) as picture:
        assert picture.mode == "RGB"
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert picture.width / 300 * 25.4 == pytest.approx(width, abs=0.2)
        assert picture.getpixel((0, 0)) == (255, 255, 255)
    root = ElementTree.fromstring(found.svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["width"] == f"{width:.2f}mm"
    assert float(root.attrib["height"].removesuffix("mm")) == pytest.approx(found.height_mm, abs=0.01)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"text", "script", "image", "foreignObject"}
    assert b"var(--" not in found.svg
    assert b"DOCTYPE" not in found.svg


@pytest.mark.parametrize("kind", FIGURES)
def test_no_letter_is_too_small(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[float] = []

    def measured(figure: object, scale: float) -> bytes:
        shown = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]  # type: ignore[attr-defined]
        sizes.extend(text.get_fontsize() * scale for text in shown)
        return b""

    monkeypatch.setattr(module, "_png", measured)
    print_figure(FIGURES[kind][0]())
    assert len(sizes) > 2
    assert min(sizes) >= 6.999


def test_same_drawing_same_bytes() -> None:
    make = FIGURES["single"][0]
    assert print_figure(make()) == print_figure(make())


def test_the_page_is_not_changed_by_printing() -> None:
    made = FIGURES["single"][0]()
    print_figure(made)
    again = FIGURES["single"][0]()
    assert (made.svg, made.png) == (again.svg, again.png)
    assert drawing.STYLE["svg.fonttype"] == "none"


def test_a_drawing_without_its_making_is_left_out() -> None:
    assert print_figure(Drawing("<svg/>", b"", 4, 4)) is None
