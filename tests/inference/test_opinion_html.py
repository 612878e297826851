"""The page: self-contained, escaped, complete."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from thirdeye.case.marks import Box, Landmark, Measurement
from thirdeye.case.opinion import RESEARCH_USE, HeatMap, Opinion, Verdict
from thirdeye.case.region import Region
from thirdeye.case.reliance import Certainty, Familiarity, Frequency, Measured, PredictionSet, SimilarCase
from thirdeye.inference.opinion_html import (
    notebook,
    page_case,
    page_failure,
    page_foot,
    page_head,
    page_located,
)
from thirdeye.inference.page_marks import hundred, scale

EVIL = "<script>alert(1)</script>\"'&{{7*7}}${jndi:x}"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)


RAMP = [(0, 0, 9), (250, 250, 0)]
SIMILAR = (
    SimilarCase(EVIL, EVIL, EVIL, 0.9, True, 1, EVIL),
    SimilarCase("other", "other.png", "", 0.8, rank=2),
)


def located() -> Opinion:
    return Opinion(
        EVIL, "segmentation", {}, looked_for=(EVIL,), warnings=(EVIL,),
        regions=(Region(EVIL, 3.0, "px", 2.0, "px", 1, ((0, 1), (0, 1))),),
        boxes=tuple(Box(EVIL, 0.9, 1, 2, 3, 4) for _ in range(25)),
        landmarks=(Landmark(EVIL, 1.0, 2.0, 0.5),), measurements=(Measurement(EVIL, 12.0, "deg", EVIL),),
        measured=(Measured(EVIL, "dice", 0.9, 0.89, 0.91, 32), Measured(EVIL, EVIL, 0.9, None, None, 32)),
    )  # fmt: skip


def page() -> str:
    heat = HeatMap(np.ones((2, 2), np.float32), "cam", EVIL, True)
    opinion = Opinion(
        EVIL + ".png",
        "binary",
        {"n": 0.3, EVIL: 0.7},
        EVIL,
        EVIL,
        (Verdict(EVIL, 0.5, True, 0.9, None),),
        heat,
        (EVIL,),
        model={"name": EVIL, "sha256": EVIL},
        frequencies=(Frequency(EVIL, 180, 67, 0.31, 0.44, 0.3, 0.45, 95, EVIL),),
        sets=(PredictionSet((EVIL, "n"), 0.9, EVIL),),
        certainty=Certainty(EVIL, 0.4, 0.34, True, EVIL),
        familiarity=Familiarity(0.5, 0.4, 100),
        similar=SIMILAR,
        levels={EVIL: {EVIL: 0.7}, "finest": {EVIL: 0.7}},
        unvalidated=(EVIL,),
        measured=(Measured("", EVIL, 0.9, 0.8, 0.95, 100, EVIL),),
    )
    refused = Opinion("y.png", "binary", {}, positive=EVIL, abstained=EVIL)
    return "".join(
        [
            page_head(title=EVIL, subtitle=EVIL),
            page_case(
                opinion, picture=b"picture", overlay=b"overlay", ramp=RAMP, thumbnails={SIMILAR[0]: b"past"}
            ),
            page_case(
                replace(opinion, task="multiclass", positive=None), picture=None, overlay=None, ramp=RAMP
            ),
            page_case(refused, picture=b"picture", overlay=None, ramp=RAMP),
            page_located(located(), picture=b"picture", caption=EVIL),
            page_located(Opinion(EVIL, "detection", {}, looked_for=(EVIL,)), picture=b"x", caption=EVIL),
            page_failure(EVIL, EVIL),
            page_failure("\udcff\x00.png", "bad"),
            page_foot(last=opinion),
        ]
    )


def test_everything_is_escaped() -> None:
    tags = Tags(page())
    assert "script" not in tags.opened
    assert "&lt;script&gt;" in page()
    assert "\x00" not in page()


def test_tags_are_balanced() -> None:
    tags = Tags(page())
    opened = [tag for tag in tags.opened if tag not in ("meta", "img", "br")]
    assert sorted(opened) == sorted(tags.closed)


def test_nothing_is_loaded_from_elsewhere_and_the_notice_is_there_twice() -> None:
    assert set(re.findall(r'(?:src|href)="([^"]{4})', page())) == {"data"}
    assert "default-src 'none'" in page()
    assert page().count(RESEARCH_USE) == 2
    page().encode("utf-8")


def test_pictures_and_legend_appear_where_there_is_a_map() -> None:
    assert page().count("<img") == 6
    assert page().count('class="legend"') == 1


def text_of(made: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", made, flags=re.DOTALL))


def test_a_map_without_direction_says_so() -> None:
    def drawn(heat: HeatMap) -> str:
        opinion = Opinion("a.png", "binary", {"n": 0.3, "ill": 0.7}, "ill", "ill", (), heat)
        return text_of(page_case(opinion, picture=b"png", overlay=b"png", ramp=[(0, 0, 0), (255, 255, 255)]))

    values = np.ones((2, 2), np.float32)
    signed, either = (
        drawn(HeatMap(values, "cam", "ill", True)),
        drawn(HeatMap(values, "saliency", "ill", True, False)),
    )
    assert "evidence for ill" in signed
    assert "up or down" not in signed
    assert either.count("up or down") == 2
    assert "input-gradient saliency, which passed the exam" in either
    assert "vidence" not in either


def test_an_abstention_shows_the_reason_and_no_number() -> None:
    refused = Opinion("y.png", "binary", {}, positive="ill", abstained="It is a photograph.")
    made = text_of(page_case(refused, picture=b"x", overlay=None, ramp=RAMP))
    assert "No opinion. It is a photograph." in made
    assert not re.search(r"\d", made.replace("y.png", ""))


def test_the_hundred_dots_count_what_the_sentence_says() -> None:
    dots = hundred(Frequency("ill", 180, 67, 0.306, 0.444, 0.3, 0.45))
    counts = [dots.count(paint) for paint in ('"#0a6097"', '"#5d97bd"/>', 'stroke="#5d97bd"', '"#dfe4e9"')]
    assert counts == [31, 6, 7, 56]
    assert (
        sum(hundred(Frequency("ill", 40, 0, 0.0, 0.08, 0, 1)).count(p) for p in ('"#0a6097"', '"#5d97bd"/>'))
        == 0
    )


def test_thresholds_that_lie_close_are_written_one_below_the_other() -> None:
    heights = re.findall(r'<text [^>]*y="(\d+)"', scale(0.5, [0.1, 0.12, 0.6]))
    assert heights[0] != heights[1]
    assert heights[0] == heights[2]


def test_a_notebook_gets_the_same_with_its_reader() -> None:
    opinion = Opinion("y.png", "binary", {}, positive="ill", abstained="dark", unvalidated=("children",))
    made = text_of(notebook(opinion, page_case(opinion, picture=None, overlay=None, ramp=RAMP)))
    assert all(said in made for said in ("No opinion. dark", "children", RESEARCH_USE))


def test_of_a_long_name_both_ends_are_shown() -> None:
    long = "hospital_a/patients/0001/studies/series_0004_slice_0017.png"
    opinion = Opinion(
        "a.png", "binary", {"n": 1.0}, "n", model={"name": "x", "sha256": "0" * 64},
        similar=(SimilarCase(long, long, "n", 0.9, rank=1), SimilarCase("short.png", "short.png", "n", 0.8)),
    )  # fmt: skip
    text = page_case(opinion, picture=b"", overlay=None, ramp=RAMP)
    assert f'<span title="{long}">hospital_a/pa…<br>slice_0017.png</span>' in text
    assert "</b>short.png<br>" in text
