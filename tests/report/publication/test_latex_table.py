r"""LaTeX: balanced, in the style of booktabs, and no text in it is a command."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from thirdeye.report.publication.latex_table import escape, preview, render_latex
from thirdeye.report.publication.table import JournalTable, columns, group, notes, row

HOSTILE = (
    r"a_b & 50% #1 \input{x}",
    r"[x] ~ ^ $x^2$ {",
    r"}\end{tabular}\write18{touch pwned}",
    "<b>\"q\" 'a' `b`</b> | -- ---",
    "^^5cinput{x}",
    "* star",
    "Ångström ≥ ≤ × − – … “q” ’ ± † ↵ ·",
)
OWN = re.compile(r"\\[A-Za-z]+|\\[\\{}$&#%_]")
ALLOWED = {
    r"\textbackslash", r"\textasciicircum", r"\textasciitilde", r"\textless", r"\textgreater", r"\textbar",
    r"\textquotedbl", r"\textquotesingle", r"\textasciigrave", r"\times", r"\geq", r"\leq", r"\dag", r"\pm",
    r"\ldots", r"\hookleftarrow", r"\textperiodcentered", r"\{", r"\}", r"\$", r"\&", r"\#", r"\%", r"\_",
}  # fmt: skip


def table(n_columns: int = 3, n_rows: int = 0) -> JournalTable:
    lines = [group(HOSTILE[1], n_columns), *(row(*[text] * n_columns, indent=True) for text in HOSTILE)]
    lines += [row(f"[{i}]", *["1"] * (n_columns - 1)) for i in range(n_rows)]
    return JournalTable(
        f"t{n_columns}_{n_rows}",
        "S1",
        HOSTILE[0],
        columns(*HOSTILE[:n_columns]),
        tuple(lines),
        notes(HOSTILE),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_every_command_is_ours(text: str) -> None:
    written = escape(text)
    assert set(OWN.findall(written)) <= ALLOWED
    bare = OWN.sub("", written)
    assert not re.search(r"[\\&#%_]|\^|~", bare)
    assert bare.count("{") == bare.count("}")
    assert written.replace(r"\$", "").count("$") % 2 == 0


@pytest.mark.parametrize(
    ("wide", "long", "frame"),
    [(3, 0, "table"), (6, 0, "sidewaystable"), (3, 40, "longtable"), (6, 40, "landscape")],
)
def test_the_frame_fits_the_table(wide: int, long: int, frame: str) -> None:
    written = render_latex(table(wide, long))
    assert written.count(f"\\begin{{{frame}}}") == written.count(f"\\end{{{frame}}}") == 1
    assert all(rule in written for rule in (r"\toprule", r"\midrule", r"\bottomrule"))
    assert r"\renewcommand{\thetable}{S1}" in written
    assert r"\input" not in written.replace(r"\textbackslash{}input", "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")
def test_it_compiles(tmp_path: Path) -> None:
    tables = [table(), table(6), table(2, 50), table(6, 50)]
    for one in tables:
        (tmp_path / f"{one.name}.tex").write_text(render_latex(one), encoding="utf-8")
    (tmp_path / "all.tex").write_text(preview(tables), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:].decode("latin-1")
    assert not (tmp_path / "pwned").exists()
