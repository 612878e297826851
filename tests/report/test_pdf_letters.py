"""Wide letters in print: each in a font that has them, and nothing in a text is a tag."""

from __future__ import annotations

import pytest

from thirdeye.report.document import Cell, Column, Document, Notice, Paragraph, Section, Table
from thirdeye.report.pdf import render_pdf
from thirdeye.report.pdf_letters import CHINESE, JAPANESE, KOREAN, marked_up


@pytest.mark.parametrize(
    ("raw", "markup"),
    [
        ("plain <b> & text", "plain &lt;b&gt; &amp; text"),
        ("a 肺炎 b", f'a <font name="{CHINESE}">肺炎</font> b'),
        ("肺炎 <x>", f'<font name="{CHINESE}">肺炎</font> &lt;x&gt;'),
        ("肺炎の", f'<font name="{JAPANESE}">肺炎の</font>'),
        ("폐렴", f'<font name="{KOREAN}">폐렴</font>'),
        ("αβγ Ж é", "αβγ Ж é"),
        ("", ""),
    ],
)
def test_only_wide_letters_change_their_font(raw: str, markup: str) -> None:
    assert marked_up(raw) == markup


def test_they_stand_in_every_kind_of_block_and_are_not_embedded() -> None:
    name = "肺炎 ひらがな 폐렴 <x>"
    table = Table((Column(name),), ((Cell(name, "bad", name),), (name,)), name)
    blocks = (Paragraph(name, "lead"), Notice("stop", name, name), table)
    document = Document(name, name, "notice", (Section("a", name, blocks),), "imprint")
    printed = render_pdf(document)
    assert printed == render_pdf(document)
    assert JAPANESE.encode() in printed
    assert len(printed) < 120_000
