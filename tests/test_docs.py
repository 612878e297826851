"""Every code block of the documentation is run, page by page, in an empty folder.

Comments before a block: ``<!-- skip: why -->`` leaves it out, ``<!-- slow -->`` runs it with the slow tests
only, ``<!-- exit 3 -->`` expects that exit code. Blocks of one page share a folder and a Python session.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = [
    REPOSITORY / "README.md",
    *sorted((REPOSITORY / "docs").glob("*.md")),
    *sorted((REPOSITORY / "changelog.d").glob("*.md")),
]
BLOCK = re.compile(
    r"(?:^<!--[ ]*(?P<mark>[^\n]*?)[ ]*-->\n)?^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
RUN = ("python", "console", "bash")

# Runs in a process of its own, so that no state of the tests leaks in; blocks come as JSON on standard input.
RUNNER = """
import json, subprocess, sys, traceback
namespace = {"__name__": "__main__"}
for block in json.load(sys.stdin):
    print("---", block["where"], flush=True)
    if block["kind"] == "python":
        try:
            exec(compile(block["code"], block["where"], "exec"), namespace)
        except BaseException:
            traceback.print_exc()
            sys.exit(block["where"] + " failed")
        continue
    for command in block["commands"]:
        code = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL).returncode
        if code != block["exit_code"]:
            sys.exit(f"{block['where']}: {command}: exit code {code}, expected {block['exit_code']}")
"""


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, what it is, and what its comment says."""

    where: str
    kind: str
    code: str
    skip: bool
    slow: bool
    exit_code: int
    commands: tuple[str, ...]


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        mark = match["mark"] or ""
        code = match["code"]
        expected = re.fullmatch(r"exit (\d+)", mark)
        lines = code.splitlines()
        if match["kind"] == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        found.append(
            Block(
                where=f"{page.name}:{text.count(chr(10), 0, match.start('code')) + 1}",
                kind=match["kind"],
                code=code,
                skip=mark.startswith("skip:"),
                slow=mark == "slow",
                exit_code=int(expected[1]) if expected else 0,
                commands=tuple(line for line in lines if line.strip()),
            )
        )
    return found


def run(blocks: list[Block], folder: Path) -> None:
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps([asdict(block) for block in blocks]),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def runnable(page: Path, *, slow: bool) -> list[Block]:
    return [
        block
        for block in blocks_of(page)
        if block.kind in RUN and not block.skip and (slow or not block.slow)
    ]


WITH_BLOCKS = [page for page in PAGES if runnable(page, slow=False)]
WITH_SLOW = [page for page in PAGES if any(block.slow for block in blocks_of(page))]


@pytest.mark.parametrize(
    "page", [page for page in WITH_BLOCKS if page not in WITH_SLOW], ids=lambda p: p.name
)
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    run(runnable(page, slow=False), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_SLOW, ids=lambda p: p.name)
def test_whole_pages_run(page: Path, tmp_path: Path) -> None:
    run(runnable(page, slow=True), tmp_path)


def test_json_blocks_are_json() -> None:
    found = [block for page in PAGES for block in blocks_of(page) if block.kind == "json"]
    assert found
    for block in found:
        json.loads(block.code)


def test_comments_before_blocks_are_understood() -> None:
    known = re.compile(r"skip: \S.*|slow|exit \d+")
    for page in PAGES:
        for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
            assert match["mark"] is None or known.fullmatch(match["mark"]), f"{page.name}: {match['mark']}"


def test_links_lead_to_files() -> None:
    pages = [
        *PAGES,
        REPOSITORY / "CONTRIBUTING.md",
        *sorted((REPOSITORY / "docs" / "decisions").glob("*.md")),
    ]
    dead = []
    for page in pages:
        for match in LINK.finditer(
            re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        ):
            target = match["target"].partition("#")[0]
            if target and "://" not in target and not (page.parent / target).exists():
                dead.append(f"{page.name}: {target}")
    assert not dead, dead


def test_every_page_is_in_the_navigation() -> None:
    navigation = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    docs = REPOSITORY / "docs"
    pages = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    missing = [page for page in pages if f": {page}\n" not in navigation and page != "decisions/template.md"]
    assert not missing, missing
    named = re.findall(r": (\S+\.md)$", navigation, re.MULTILINE)
    assert [page for page in named if page not in pages] == []


def test_the_runner_fails_where_a_block_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:6 failed"):
        run(runnable(page, slow=True), tmp_path)
    page.write_text("<!-- exit 3 -->\n```console\n$ exit 3\n```\n\n```console\n$ exit 3\noutput\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:7: exit 3: exit code 3, expected 0"):
        run(runnable(page, slow=True), tmp_path)
