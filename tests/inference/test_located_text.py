"""What was found where, in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from thirdeye.case.marks import Box, Landmark, Measurement
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.case.reliance import Measured
from thirdeye.inference.located_html import found_html
from thirdeye.inference.located_text import SHOWN_BOXES, SHOWN_POINTS
from thirdeye.inference.opinion_text import opinion_text
from thirdeye.inference.wording import number


def region(name: str, size: float, unit: str, pieces: int = 1) -> Region:
    return Region(name, size, unit, 12.34, "px" if unit == "px" else "mm", pieces, ((0, 1), (0, 1)))


def test_regions_with_their_units_and_what_is_missing() -> None:
    found = (region("liver", 1523.4, "ml"), region("tumour", 0.345, "ml", 3), region("vein", 88.0, "mm2"))
    opinion = Opinion(
        "a.nii", "segmentation", {}, regions=found, looked_for=("liver", "tumour", "vein", "cyst")
    )
    assert opinion_text(opinion).split("\n") == [
        "a.nii",
        "  liver: volume 1,523 ml, longest diameter 12.3 mm",
        "  tumour: volume 0.34 ml, longest diameter 12.3 mm, in 3 pieces",
        "  vein: area 88.0 mm², longest diameter 12.3 mm",
        "  not found: cyst",
    ]


@pytest.mark.parametrize(
    ("task", "names", "said"),
    [
        ("segmentation", ("polyp",), "nothing was marked: the reader looked for polyp and marked none"),
        ("detection", ("a", "b"), "nothing was found: the reader looked for a and b and found none"),
        ("segmentation", (), "nothing was marked"),
    ],
)
def test_nothing(task: str, names: tuple[str, ...], said: str) -> None:
    assert opinion_text(Opinion("x", task, {}, looked_for=names)) == f"x\n  {said}"


def test_boxes_points_and_measurements() -> None:
    boxes = tuple(Box("cell", 0.9 - index / 100, 1, 2, 30, 40) for index in range(SHOWN_BOXES + 2))
    text = opinion_text(Opinion("x", "detection", {}, boxes=boxes, looked_for=("cell", "blob")))
    assert "found: 22 x cell" in text
    assert "cell (score 0.90): columns 1 to 30, rows 2 to 40" in text
    assert "and 2 more, all in the JSON" in text
    assert "not found: blob" in text
    points = Opinion(
        "x", "landmarks", {}, landmarks=(Landmark("L1", 3.25, 4.0, 0.5),),
        measurements=(Measurement("Cobb angle", 23.456, "deg", "large"), Measurement("ratio", 0.5, "1")),
    )  # fmt: skip
    assert opinion_text(points).split("\n")[1:] == [
        "  Cobb angle: 23.5 degrees, large",
        "  ratio: 0.50",
        "  L1: at column 3.2, row 4.0 px (certainty 0.50)",
    ]


def test_many_points_are_told_in_a_line_and_folded_on_the_page() -> None:
    marks = tuple(Landmark(f"p{k}", k, k, 0.9 - k / 100) for k in range(SHOWN_POINTS + 1))
    opinion = Opinion("x", "landmarks", {}, landmarks=marks)
    least = "9 points; the least certain are p8 (0.82), p7 (0.83) and p6 (0.84)"
    assert opinion_text(opinion) == f"x\n  {least}; all in the JSON"
    assert f"<details><summary>{least}</summary><table" in found_html(opinion)
    few = replace(opinion, landmarks=marks[:SHOWN_POINTS])
    assert "<details>" not in found_html(few)
    assert opinion_text(few).count("certainty") == SHOWN_POINTS


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0.00"), (0.0123, "0.012"), (0.5, "0.50"), (12.34, "12.3"), (12345.6, "12,346")]
)
def test_numbers(value: float, said: str) -> None:
    assert number(value) == said


def test_each_finding_says_how_far_to_trust_it() -> None:
    measured = (
        Measured("liver", "dice", 0.9, 0.89, 0.912, 32),
        Measured("liver", "hd95_max_of_directed", 1.22, None, None, 32, unit="mm"),
        Measured("cell", "lesion_sensitivity", 0.622, 0.57, 0.67, 948),
        Measured("cell", "false_positives_per_image", 0.91, 0.61, 1.28, 85),
        Measured("L1", "mre_px", 11.3, 9.65, 13.0, 208, unit="px"),
        Measured("Cobb angle", "mae_deg", 3.5, 3.0, 4.0, 40, unit="deg"),
    )
    opinion = Opinion(
        "x", "segmentation", {}, regions=(region("liver", 1.0, "ml"),), boxes=(Box("cell", 0.9, 1, 2, 3, 4),),
        landmarks=(Landmark("L1", 3.25, 4.0, 0.5),), measurements=(Measurement("Cobb angle", 23.456, "deg"),),
        measured=measured,
    )  # fmt: skip
    lines = re.sub(r"\n {4,}", " ", opinion_text(opinion)).split("\n")
    assert lines[1].endswith(
        "[in validation: Dice 0.90 (0.89 to 0.91), 95 % of the outline within 1.22 mm (n = 32)]"
    )
    assert lines[3] == (
        "  cell [in validation: finds 62 % (57 to 67) of what is there,"
        " 0.91 (0.61 to 1.28) false alarms an image (n = 948)]"
    )
    assert lines[6].endswith("[in validation: off by 11.3 pixels (9.65 to 13.0) on average (n = 208)]")
    assert (
        lines[5]
        == "  Cobb angle: 23.5 degrees [in validation: off by 3.50° (3.00 to 4.00) on average (n = 40)]"
    )


def test_where_nothing_was_found_it_says_how_often_something_is() -> None:
    measured = (Measured("polyp", "case_sensitivity", 0.99, 0.95, 1.0, 112),)
    text = opinion_text(Opinion("x", "segmentation", {}, looked_for=("polyp",), measured=measured))
    assert text.endswith(
        "polyp [in validation: marked in 99 % (95 to 100) of the cases that have it (n = 112)]"
    )
