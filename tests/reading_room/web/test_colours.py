"""Contrast of the colours: text at least 4.5 to 1 on whatever it stands, edges of fields 3 to 1 (WCAG AA)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = (files("thirdeye.reading_room") / "static" / "room.css").read_text(encoding="utf-8")
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", STYLE))
EDGE = "#75828d"  # of fields and buttons


def light(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21."""
    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "warn", "bad", "good"])
@pytest.mark.parametrize("ground", ["ground", "sheet", "raised", "warn-ground"])
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.5


def test_text_on_the_main_button_can_be_read() -> None:
    assert contrast(TOKENS["accent-ink"], TOKENS["accent"]) >= 4.5


@pytest.mark.parametrize("ground", ["ground", "sheet", "raised"])
def test_edges_of_fields_can_be_seen(ground: str) -> None:
    assert STYLE.count(f"border: 1px solid {EDGE}") >= 2  # fields, buttons
    assert contrast(EDGE, TOKENS[ground]) >= 3


@pytest.mark.parametrize("ground", ["ground", "sheet", "raised", "warn-ground"])
def test_the_room_is_dark(ground: str) -> None:
    assert light(TOKENS[ground]) < 0.03
