"""The report as one page of HTML that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from thirdeye.intake.deidentify.report import summary

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top }
td.n { text-align: right; white-space: nowrap } .path { font-family: monospace; word-break: break-all }
"""
_MOST_ROWS = 500


def page(content: dict[str, Any]) -> str:
    """HTML of a report.

    Args:
        content: of ``deidentification.json``.
    """
    waiting = [file for file in content["files"] if file["status"] == "quarantined"]
    parts = [
        "<h1>De-identification</h1>",
        *(f"<p>{escape(line)}</p>" for line in summary(content)),
        "<h2>How</h2>",
        _table(
            ("code (DCM)", "profile and options"), [(p["code"], p["meaning"]) for p in content["profile"]]
        ),
        f"<p>Table of attributes: {escape(content['table']['standard'])}, edition "
        f"{escape(content['table']['edition'])} (taken {escape(content['table']['generated'])}). "
        f"Dates: {escape(content['dates'].lower())}. Key: {escape(content['key'])} (a mark, not the key). "
        f"{escape(content['pixels'])}</p>",
        "<h2>What was done</h2>",
        _table(("what", "how often"), list(content["done"].items())),
        "<h2>Waiting for a person</h2>",
        _table(
            ("file in quarantine", "why"),
            [(file["written"], file["reason"]) for file in waiting[:_MOST_ROWS]],
        )
        if waiting
        else "<p>Nothing.</p>",
        "<h2>Left out</h2>",
        _table(("why", "files"), list(content["left_out"].items()))
        if content["left_out"]
        else "<p>Nothing.</p>",
        "<p>De-identification lowers a risk; it cannot exclude it. Research use only.</p>",
    ]
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>De-identification</title>"
        f"<style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    return f"<table><tr>{head}</tr>{''.join(map(_row, rows))}</table>"


def _row(cells: Sequence[Any]) -> str:
    return "<tr>" + "".join(_cell(cell) for cell in cells) + "</tr>"


def _cell(cell: Any) -> str:
    if isinstance(cell, int):
        return f"<td class='n'>{cell:,}</td>"
    kind = " class='path'" if "/" in cell and " " not in cell else ""
    return f"<td{kind}>{escape(cell)}</td>"
