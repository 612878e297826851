"""The page: self-contained, escaped, complete."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np

from thirdeye.case.opinion import RESEARCH_USE, HeatMap, Opinion, Verdict
from thirdeye.inference.opinion_html import page_case, page_failure, page_foot, page_head

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
    )
    refused = Opinion("y.png", "binary", {}, positive=EVIL, abstained=EVIL)
    return "".join(
        [
            page_head(title=EVIL, subtitle=EVIL, ramp=[(0, 0, 9), (250, 250, 0)]),
            page_case(opinion, picture=b"picture", overlay=b"overlay"),
            page_case(refused, picture=b"picture", overlay=None),
            page_failure(EVIL, EVIL),
            page_failure("\udcff\x00.png", "bad"),
            page_foot(model=EVIL),
        ]
    )


def test_everything_is_escaped() -> None:
    tags = Tags(page())
    assert "script" not in tags.opened
    assert "&lt;script&gt;" in page()
    assert "\x00" not in page()


def test_tags_are_balanced() -> None:
    tags = Tags(page())
    opened = [tag for tag in tags.opened if tag not in ("meta", "img")]
    assert sorted(opened) == sorted(tags.closed)


def test_nothing_is_loaded_from_elsewhere_and_the_notice_is_there_twice() -> None:
    assert set(re.findall(r'(?:src|href)="([^"]{4})', page())) == {"data"}
    assert "default-src 'none'" in page()
    assert page().count(RESEARCH_USE) == 2
    page().encode("utf-8")


def test_pictures_and_legend_appear_where_there_is_a_map() -> None:
    assert page().count("<img") == 3
    assert page().count('class="legend"') == 1
