"""Figures: one drawing for page and print, deterministic, no global state left behind."""

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import matplotlib
import pytest
from PIL import Image

from thirdeye.report.figures.confusion import confusion_figure, confusion_panels
from thirdeye.report.figures.distributions import class_distributions, two_class_distributions
from thirdeye.report.figures.drawing import Drawing
from thirdeye.report.figures.flow import Station, flow_figure
from thirdeye.report.figures.frequencies import Hundred, false_alarms, hundred_figure, none, of_hundred
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import CSS_VARIABLES
from thirdeye.report.figures.precision_recall import precision_recall_figure
from thirdeye.report.figures.reliability import Bin, reliability_figure
from thirdeye.report.figures.roc import Curve, Point, roc_figure
from thirdeye.report.figures.training_curves import MemberCurve, training_figure

NAME = '<script>alert("x")</script> & $\\frac$ 肺炎'
CURVE = Curve(NAME, [0, 0.1, 1], [0, 0.8, 1], low=[0, 0.6, 1], high=[0, 0.9, 1])
POINT = Point(NAME, (0.1, None, 0.2), (0.8, 0.7, 0.9))
NAN = float("nan")

FIGURES: dict[str, Callable[[], Drawing]] = {
    "roc": lambda: roc_figure([CURVE], [POINT]),
    "roc of many": lambda: roc_figure([CURVE] * 40),
    "precision": lambda: precision_recall_figure([CURVE], prevalence=0.2, points=[POINT]),
    "reliability": lambda: reliability_figure(
        [Bin(0.2, 0.3, 0.1, None, 4), Bin(0.8, 0.7, 0.5, 0.9, 9)], outcome=NAME
    ),
    "confusion": lambda: confusion_figure([[3, 1], [0, 0]], [NAME, "b"]),
    "confusion of forty": lambda: confusion_figure([[1] * 40] * 40, [f"{NAME} {i}" for i in range(40)]),
    "panels": lambda: confusion_panels([[[3, 1], [0, 2]]] * 3, [NAME, "b"], [NAME, "x", "y"]),
    "two classes": lambda: two_class_distributions([0.9], [], names=(NAME, "b"), thresholds={NAME: 0.5}),
    "classes": lambda: class_distributions([[0.1, 0.9], []], [NAME, "b"], x="probability"),
    "training": lambda: training_figure(
        [MemberCurve("0", [1, 2], [1, NAN], [1, 1], [0.5, 0.6])], metric=NAME
    ),
    "losses": lambda: training_figure([MemberCurve("0", [1, 2], [1, 1], [1, 1], [NAN, NAN])], metric=NAME),
    "one round": lambda: training_figure([MemberCurve("0", [1], [1], [NAN], [NAN])], metric=NAME),
    "intervals": lambda: interval_figure(
        [Row(NAME, 0.5, None, None, "x"), Row("b", None, None, None, "y")], x=NAME
    ),
    "flow": lambda: flow_figure(Station(NAME, ("a", "b")), Station("c", (NAME,)), [Station("d", ())] * 3),
    "flow without exclusion": lambda: flow_figure(Station(NAME, ()), None, []),
    "hundred": lambda: hundred_figure(Hundred(25, 3, 4, 68), title=NAME),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_page_and_print(kind: str) -> None:
    drawing = FIGURES[kind]()
    root = ElementTree.fromstring(drawing.svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "path", "use", "defs", "text", "clipPath", "rect", "tspan"}
    for element in root.iter():
        assert not [name for name in element.attrib if name.lower().startswith("on")]
    for colour, variable in CSS_VARIABLES.items():
        assert drawing.svg.count(colour) == drawing.svg.count(f"var({variable}, {colour})")
    with Image.open(io.BytesIO(drawing.png)) as picture:
        assert picture.width == pytest.approx(200 * drawing.width_in, abs=2)
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["roc", "panels", "flow", "hundred"])
def test_the_same_twice(kind: str) -> None:
    assert FIGURES[kind]() == FIGURES[kind]()


def test_no_global_state_is_changed() -> None:
    before = dict(matplotlib.rcParams)
    FIGURES["roc"]()
    assert dict(matplotlib.rcParams) == before


def test_identifiers_of_two_drawings_differ() -> None:
    def identifiers(drawing: Drawing) -> set[str]:
        return {e.attrib["id"] for e in ElementTree.fromstring(drawing.svg).iter() if "id" in e.attrib}

    roc, precision = FIGURES["roc"](), FIGURES["precision"]()
    assert identifiers(roc)
    assert identifiers(roc).isdisjoint(identifiers(precision))


def test_a_hundred_adds_up() -> None:
    found = of_hundred(prevalence=0.282, sensitivity=0.909, specificity=0.946)
    assert found == Hundred(found=25, missed=3, false_alarms=4, passed=68)
    for prevalence in (0.0, 0.004, 0.5, 1.0):
        parts = vars(of_hundred(prevalence=prevalence, sensitivity=0.333, specificity=0.667)).values()
        assert sum(parts) == 100
        assert min(parts) >= 0


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            (20, 1, 12, 67),
            "21 have “x”: 20 are found and 1 is missed. Of the 79 without it, 12 are false alarms.",
        ),
        ((20, 0, 1, 79), "20 have “x”: all are found. Of the 80 without it, 1 is a false alarm."),
        ((0, 3, 0, 97), "3 have “x”: all are missed. Of the 97 without it, none is a false alarm."),
        ((1, 0, 2, 97), "1 has “x”, which is found. Of the 99 without it, 2 are false alarms."),
        ((0, 1, 0, 99), "1 has “x”, which is missed. Of the 99 without it, none is a false alarm."),
        ((0, 0, 3, 97), "fewer than one has “x”. Of the 100 without it, 3 are false alarms."),
        ((97, 2, 1, 0), "99 have “x”: 97 are found and 2 are missed. The one without it is a false alarm."),
        ((98, 2, 0, 0), "100 have “x”: 98 are found and 2 are missed. Fewer than one is without it."),
    ],
)
def test_a_hundred_cases_in_words(counts: tuple[int, int, int, int], said: str) -> None:
    assert Hundred(*counts).sentence("images", "x") == f"Of 100 images, {said}"


def test_none_and_one_in_words() -> None:
    assert [false_alarms(number) for number in (0, 1, 2)] == [
        "no false alarms",
        "1 false alarm",
        "2 false alarms",
    ]
    assert [none(number) for number in (0, 1)] == ["none", "1"]
