"""Texts made safe."""

from __future__ import annotations

import pytest

from thirdeye.dicom.write.words import safe_text, safe_value


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b", "ab"), ("\x1b[31mred\x1b[0m", "red"), ("\x1b]0;title\x07x", "x"), ("a\u202eb\u2066c", "abc"),
        ("\ud800x", "x"), ("{{7*7}} ${jndi:x}", "{{7*7}} ${jndi:x}"), ("<script>", "<script>"),
        ("Müller 山田", "Müller 山田"), (None, ""), ("line\nbreak", "linebreak"), ("\x9b31mred", "31mred"),
    ],
)  # fmt: skip
def test_texts(given: str | None, kept: str) -> None:
    assert safe_text(given) == kept


def test_lines_are_kept_where_asked() -> None:
    assert safe_text("a\nb\rc", lines=True) == "a\nbc"


def test_a_value_stays_one_value() -> None:
    assert safe_value("a\\b") == "a/b"
    assert len(safe_value("x" * 100)) == 64
