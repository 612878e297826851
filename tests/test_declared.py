"""Whoever installs the package has what it imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

NOT_FOR_USERS = ("dev", "docs")


@cache
def imported(source: Path) -> dict[str, str]:
    """Every module from outside that the package imports anywhere, with one file that does."""
    found: dict[str, str] = {}
    for path in sorted((source / "thirdeye").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found |= {name.partition(".")[0]: path.relative_to(source).as_posix() for name in names}
    return {name: at for name, at in found.items() if name not in {*sys.stdlib_module_names, "thirdeye"}}


@cache
def declared(repository: Path) -> frozenset[str]:
    """Distributions of the base and of the extras that users are told of."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra, more in project["optional-dependencies"].items():
        lines += more if extra not in NOT_FOR_USERS else []
    return frozenset(_plain(re.split(r"[\[<>=!~;, ]", line)[0]) for line in lines)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_is_imported_is_declared(repository: Path) -> None:
    known, where = declared(repository), packages_distributions()
    missing = {
        name: at
        for name, at in imported(repository / "src").items()
        if name in where and known.isdisjoint(map(_plain, where[name]))
    }
    assert not missing, missing


def test_errors_name_extras_that_there_are(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named: set[str] = set()
    for path in (repository / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"thirdeye-imaging\[([a-z]+)\]", text))
        named |= set(re.findall(r'MissingExtra\([^\n]*"([a-z]+)"\)', text))
    assert named >= {"oidc", "pacs", "postgres", "train"}
    assert named <= set(project["optional-dependencies"])


def test_every_file_beside_the_code_goes_into_the_wheel(repository: Path) -> None:
    """The wheel holds what git does not ignore below the package, and the viewers that are fetched."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    room = repository / "src" / "thirdeye" / "reading_room"
    beside = [path for kind in ("html", "css", "js", "json", "svg") for path in room.rglob(f"*.{kind}")]
    beside = [path for path in beside if "vendor" not in path.parts]
    assert {"base.html", "room.css", "viewer.js", "room.json", "eye.svg"} <= {path.name for path in beside}
    names = "\n".join(path.relative_to(repository).as_posix() for path in beside)
    command = ["git", "check-ignore", "--stdin"]
    ignored = subprocess.run(
        command, input=names, cwd=repository, capture_output=True, text=True, check=False
    )
    assert ignored.stdout == ""
    hatch = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    wheel = hatch["build"]["targets"]["wheel"]
    assert wheel == {"packages": ["src/thirdeye"], "artifacts": ["src/thirdeye/reading_room/static/vendor/*"]}
