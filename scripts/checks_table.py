"""Writes the table of checks in docs/checks.md from the checks themselves: scripts/checks_table.py

What is tested is the check's title, when it speaks is the docstring of its function; severities, remedies and
sources are read from the texts of its file. Run it after a check was added or changed.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checks.md"
START, END = "<!-- table: scripts/checks_table.py -->\n", "<!-- end of table -->\n"
SEVERITIES = ("error", "warning", "info")
HEAD = "| check | what it tests | severity | remedy | source |\n|---|---|---|---|---|\n"
_LONGEST = 230


def table() -> str:
    """One section per V, one entry per check."""
    import thirdeye.intake.checks  # noqa: F401 - enters them
    from thirdeye.intake.checks.check import CHECKS

    parts = []
    for about in ("volume", "variety", "veracity", "velocity"):
        checks = [(name, check) for name, check in CHECKS if check.about == about]
        if not checks:
            continue
        parts.append(f"### {about.capitalize()}\n\n{HEAD}")
        parts += [_row(name, check.title, check.run) for name, check in checks]
        parts.append("\n")
    return "".join(parts)


def _row(name: str, title: str, run: object) -> str:
    texts = _texts(Path(inspect.getsourcefile(run) or ""))  # type: ignore[arg-type]
    says = " ".join((inspect.getdoc(run) or "").split("\n\n")[0].split())
    grave = ", ".join(s for s in SEVERITIES if s in texts["severity"]) or "warning"
    remedy = _shortened(texts["remedy"][0]) if texts["remedy"] else ""
    source = _shortened(texts["source"][0]) if texts["source"] else ""
    cells = (f"`{name}`", f"**{title}.** {says}", grave, remedy, source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _texts(path: Path) -> dict[str, list[str]]:
    """Texts that the findings of a file are given, by the name of the argument, the longest first."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, list[str]] = {"severity": [], "remedy": [], "source": []}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in found:
                    found[keyword.arg] += _strings(keyword.value, constants)
            found["severity"] += [
                a.value for a in node.args if isinstance(a, ast.Constant) and a.value in SEVERITIES
            ]
    for name, value in constants.items():
        if name.strip("_").lower() == "source" and not found["source"]:
            found["source"] = _strings(value, {})
    if not found["severity"]:
        found["severity"] = [
            n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in SEVERITIES
        ]
    return {key: sorted(dict.fromkeys(texts), key=len, reverse=True) for key, texts in found.items()}


def _strings(node: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    """The texts that an expression may come to; what is filled in is an ellipsis."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values)]
    if isinstance(node, ast.IfExp):
        return _strings(node.body, constants) + _strings(node.orelse, constants)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _strings(node.left, constants), _strings(node.right, constants)
        return [a + b for a in left for b in right] or left or right
    if isinstance(node, ast.Name) and node.id in constants:
        return _strings(constants[node.id], {})
    return []


def _shortened(text: str) -> str:
    """A sentence or two, without the places in papers of our own."""
    plain = re.sub(
        r"^(?:(?:SPEC(?: section)? \d+,?(?: [\w.]+)?,?)+|DESIGN [\d.]+)(?: [\w.]+)?[:;]\s*",
        "",
        " ".join(text.split()),
    )
    plain = plain[:1].upper() + plain[1:]
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rsplit(" ", 1)[0] + " …"


def main() -> None:
    """Replace the table between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{table()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
