r"""A table as LaTeX in the style of booktabs; every text is escaped, so that none is a command.

The fragments need the packages of `PACKAGES`; `preview` is a document that shows them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.publication.table import JournalRow, JournalTable

PACKAGES = ("booktabs", "longtable", "graphicx", "lscape", "rotating", "textcomp")
_LONG = 34  # rows beyond which a table may break over pages
_WIDE = 6  # columns from which on a table is turned by a right angle
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",  # never an accidental dash
    "−": r"$-$",
    "–": "--",
    "×": r"$\times$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "†": r"\dag{}",
    "±": r"$\pm$",
    "²": r"\textsuperscript{2}",
    "“": "``",
    "”": "''",
    "’": "'",
    "…": r"\ldots{}",
    "↵": r"$\hookleftarrow$",
    "·": r"\textperiodcentered{}",
    "�": "?",
    "\u00a0": "~",
    "\u00ad": "",
}


def escape(text: str) -> str:
    """`text` as LaTeX that prints it: no command, no comment, no alignment, no mathematics in it is live."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def render_latex(table: JournalTable) -> str:
    """A ``table`` environment, or a ``longtable`` where the rows would not fit on a page."""
    return _long(table) if len(table.rows) > _LONG else _short(table)


def preview(tables: Sequence[JournalTable]) -> str:
    """A document that inputs every table, to be compiled as it is."""
    inputs = "\n".join(rf"\input{{{table.name}.tex}}" + "\n" + r"\clearpage" for table in tables)
    return (
        "% For letters beyond the Latin alphabet compile with xelatex or lualatex.\n"
        r"\documentclass[10pt,a4paper]{article}" + "\n"
        r"\usepackage{iftex}\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\else" + "\n"
        r"\usepackage{fontspec}\fi % \setmainfont{...} with a font that has the letters of your class names"
        + "\n"
        rf"\usepackage[margin=18mm]{{geometry}}\usepackage{{{','.join(PACKAGES)}}}" + "\n"
        r"\begin{document}" + "\n" + inputs + "\n" + r"\end{document}" + "\n"
    )


def _short(table: JournalTable) -> str:
    head, body = _head(table), "\n".join(_line(one, len(table.columns)) for one in table.rows)
    frame, place = ("sidewaystable", "") if len(table.columns) >= _WIDE else ("table", "[htbp]")
    return (
        f"% {_comment(table)}\n\\begin{{{frame}}}{place}\n{_number(table)}\\centering\n"
        f"\\caption{{{escape(table.title)}}}\n"
        f"\\label{{tab:{table.name.replace('_', '-')}}}\n\\small\n"
        # Shrunk only where it would be wider than the text.
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
        f"\\begin{{tabular}}{{{_alignment(table)}}}\n\\toprule\n{head}\n\\midrule\n{body}\n\\bottomrule\n"
        f"\\end{{tabular}}}}\n{_notes(table)}\\end{{{frame}}}\n"
    )


def _long(table: JournalTable) -> str:
    head, body = _head(table), "\n".join(_line(one, len(table.columns)) for one in table.rows)
    wide = len(table.columns) >= _WIDE
    before, after = ("\\begin{landscape}\\footnotesize", "\\end{landscape}") if wide else ("\\small", "")
    return (
        f"% {_comment(table)}\n{{{_number(table)}{before}\n\\begin{{longtable}}{{{_alignment(table)}}}\n"
        f"\\caption{{{escape(table.title)}}}\\label{{tab:{table.name.replace('_', '-')}}}\\\\\n"
        f"\\toprule\n{head}\n\\midrule\n\\endfirsthead\n\\toprule\n{head}\n\\midrule\n\\endhead\n"
        f"\\bottomrule\n\\endlastfoot\n{body}\n\\end{{longtable}}\n{_notes(table)}{after}}}\n"
    )


def _comment(table: JournalTable) -> str:
    return f"Table {table.number}; needs the packages {', '.join(PACKAGES)}"


def _number(table: JournalTable) -> str:
    """Supplementary tables carry their own number; the others are counted by LaTeX."""
    return "" if table.number.isdigit() else f"\\renewcommand{{\\thetable}}{{{escape(table.number)}}}\n"


def _alignment(table: JournalTable) -> str:
    return "@{}" + "".join("l" if column.align == "left" else "r" for column in table.columns) + "@{}"


def _head(table: JournalTable) -> str:
    return " & ".join(escape(column.title) for column in table.columns) + r" \\"


def _line(one: JournalRow, width: int) -> str:
    if one.group:
        return rf"\multicolumn{{{width}}}{{@{{}}l@{{}}}}{{\textit{{{escape(one.cells[0])}}}}} \\"
    first, *rest = map(escape, one.cells)
    # A row that began with a bracket would be taken for an option of the line break before it.
    return " & ".join([rf"\quad {first}" if one.indent else rf"{{}}{first}", *rest]) + r" \\"


def _notes(table: JournalTable) -> str:
    if not table.notes:
        return ""
    lines = "\n\n".join(escape(note) for note in table.notes)
    opening = "\\par\\smallskip\\noindent\n\\begin{minipage}{\\linewidth}\\footnotesize\\raggedright\n"
    return f"{opening}{lines}\n\\end{{minipage}}\n"
