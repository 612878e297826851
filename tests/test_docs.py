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
from collections.abc import Callable, Iterator
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

# A process that knows nothing of the tests imports what most commands need, once. Each page runs in a fork
# of it, and so does each command of thirdeye: a new process, whose modules are there already. What needs a
# shell gets one. A page comes as JSON in a line of standard input, its exit code goes back in a line.
SERVER = """
import atexit, json, os, re, shlex, subprocess, sys, threading, traceback
import scipy.stats, sklearn.ensemble, sklearn.linear_model, torch._dynamo
import thirdeye, thirdeye.cli.main, thirdeye.journey.running, thirdeye.report.write

def forked(work):
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        work()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1 if stop.code else 0
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

def command(line):
    words = shlex.split(line, comments=True)
    if words[:1] != ["thirdeye"] or re.search(r"[|&;<>$*?~`(){}\\\\]", line.partition(" #")[0]):
        return subprocess.run(line, shell=True, stdin=subprocess.DEVNULL).returncode
    return forked(lambda: thirdeye.cli.main.main(words[1:]))

def page(asked):
    os.chdir(asked["folder"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.path[0] = ""
    namespace = {"__name__": "__main__"}
    for block in asked["blocks"]:
        print("---", block["where"], flush=True)
        if block["kind"] == "python":
            try:
                exec(compile(block["code"], block["where"], "exec"), namespace)
            except BaseException:
                traceback.print_exc()
                sys.exit(block["where"] + " failed")
            continue
        for line in block["commands"]:
            code = command(line)
            if code != block["exit_code"]:
                sys.exit(f"{block['where']}: {line}: exit code {code}, expected {block['exit_code']}")

for line in sys.stdin:
    asked = json.loads(line)
    print(forked(lambda: page(asked)), flush=True)
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


Run = Callable[[list[Block]], None]


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", SERVER], env=environment, **pipes) as process:
        yield process


@pytest.fixture
def run(server: subprocess.Popen[str], tmp_path: Path) -> Run:
    """Runs the blocks of a page in an empty folder."""
    folder, out, err = tmp_path / "page", tmp_path / "out", tmp_path / "err"

    def call(blocks: list[Block]) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        folder.mkdir(exist_ok=True)
        asked = {"blocks": [asdict(block) for block in blocks], "folder": str(folder)}
        server.stdin.write(json.dumps(asked | {"out": str(out), "err": str(err)}) + "\n")
        server.stdin.flush()
        code = server.stdout.readline().strip()
        assert code == "0", f"{out.read_text()[-3000:]}\n{err.read_text()[-3000:]}"

    return call


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
def test_blocks_run(page: Path, run: Run) -> None:
    run(runnable(page, slow=False))


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_SLOW, ids=lambda p: p.name)
def test_whole_pages_run(page: Path, run: Run) -> None:
    run(runnable(page, slow=True))


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


def test_decisions_are_numbered_without_a_gap() -> None:
    notes = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))
    expected = [f"{number:04d}" for number in range(1, len(notes) + 1)]
    assert [note.name[:4] for note in notes] == expected
    assert [note.read_text(encoding="utf-8")[2:6] for note in notes] == expected  # "# 0001. ..."


def test_the_runner_fails_where_a_block_fails(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:6 failed"):
        run(runnable(page, slow=True))
    page.write_text("<!-- exit 3 -->\n```console\n$ exit 3\n```\n\n```console\n$ exit 3\noutput\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:7: exit 3: exit code 3, expected 0"):
        run(runnable(page, slow=True))
    page.write_text("```console\n$ thirdeye check nowhere  # not there\n```\n")
    with pytest.raises(AssertionError, match="there is no file or folder"):
        run(runnable(page, slow=True))
