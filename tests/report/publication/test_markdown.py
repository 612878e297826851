"""Markdown: plain text stays plain, tables keep their columns, open questions stand open."""

from __future__ import annotations

import pytest

from thirdeye.report.publication.markdown import escape, open_topics, said, table_lines
from thirdeye.report.publication.table import JournalTable, columns, group, row


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("a | b", r"a \| b"),
        ("[x](http://y)", r"\[x\](http&#58;//y)"),
        ("*a* _b_ `c` ~d~ $e$", r"\*a\* \_b\_ \`c\` \~d\~ \$e\$"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("---", r"\---"),
        ("0.942 (0.877 to 1.000)", "0.942 (0.877 to 1.000)"),
        ("+0.046", "+0.046"),
        ("a\nb", "a↵b"),
        ("&lt;", "&amp;lt;"),
    ],
)
def test_text_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_table_rows_have_their_columns() -> None:
    lines = table_lines(JournalTable("t", "1", "x", columns("A|b", "C"), (group("g|h", 2), row("a|b", "1"))))
    pipes = [line for line in lines if line.startswith("|")]
    assert len(pipes) == 4
    assert {line.replace(r"\|", "").count("|") for line in pipes} == {3}


def test_a_question_stands_open_until_it_is_answered() -> None:
    assert "To be written by a person" in said("misuse", {})[0]
    assert said("misuse", {"misuse": "Not\nfor <screening>."}) == ["Not for &lt;screening&gt;."]
    assert open_topics(("misuse", "risks", "misuse"), {"risks": "none"}) == ["misuse"]
