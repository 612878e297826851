"""The import contract: who may import whom, and what must stay light.

The graph is read from the source, deferred and type-checking imports included, so that nothing hides in a
function; what is loaded at run time is checked in fresh processes.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
GROUND = ("errors", "registry")  # open to all
OPEN = ("evaluation",)  # imports the ground alone, open to all
ORDER = [
    "case",
    "dicom",
    "intake",
    "dataset",
    "plan",
    "transform",
    "model",
    "training",
    "inference",
    "explanation",
    "report",
    "reading_room",
    "federation",
    "recipes",
    "journey",
    "cli",
]
# Beyond the order: (importer, imported) that may never be.
FORBIDDEN = {("inference", "training"), ("reading_room", "training"), ("cli", "recipes")}
TORCH_ROOMS = ("thirdeye.model", "thirdeye.training")
TORCH_MODULES = {
    "thirdeye.inference.export",
    "thirdeye.inference.dense.export",
    "thirdeye.inference.detection.export",
    "thirdeye.inference.sliding.export",
    "thirdeye.explanation.sanity",
    "thirdeye.explanation.cam",
    "thirdeye.explanation.randomise",
    "thirdeye.explanation.exam.labels",
    "thirdeye.explanation.exam.paper",
    "thirdeye.explanation.exam.sitting",
    "thirdeye.explanation.learnt",
    "thirdeye.explanation.methods.grad_cam",
    "thirdeye.explanation.methods.integrated_gradients",
    "thirdeye.explanation.methods.saliency",
    "thirdeye.explanation.subject",
}
TORCH = {"torch", "torchvision", "timm", "safetensors", "tensorboard"}
HEAVY = (
    "torch", "torchvision", "sklearn", "pandas", "matplotlib", "scipy", "pyarrow", "PIL", "pydicom",
    "fastapi", "starlette", "sqlalchemy", "alembic", "huey", "uvicorn", "jinja2", "onnxruntime", "argon2",
    "pynetdicom", "highdicom",
)  # fmt: skip


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((SOURCE / "thirdeye").rglob("*.py"))}


@cache
def nodes_of(name: str) -> list[ast.AST]:
    """Everything in a module: read when a test asks, not when tests are collected."""
    return list(ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))))


@cache
def imports_of(name: str) -> list[tuple[str, int]]:
    """(dotted name, line) of everything a module imports; `from package import submodule` is resolved."""
    return list(_imports(name))


def _imports(name: str) -> Iterator[tuple[str, int]]:
    for node in nodes_of(name):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative import"
            base = node.module or ""
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield (full if full in MODULES else base), node.lineno


@cache
def edges() -> list[tuple[str, str, int]]:
    """(importer, imported, line) within the package."""
    return [
        (name, target, line)
        for name in MODULES
        for target, line in imports_of(name)
        if target.split(".")[0] == "thirdeye"
    ]


def room_of(module: str) -> str:
    return [*module.split("."), ""][1]


def rank_problem(importer: str, imported: str) -> str | None:
    """Why room `importer` may not import room `imported`, or None."""
    if importer == imported:
        return None
    if imported in GROUND:
        return "errors imports nothing" if importer == "errors" else None
    if importer in GROUND:
        return "the ground imports no room"
    if importer in OPEN:
        return "evaluation imports errors alone"
    if imported in OPEN:
        return None
    if (importer, imported) in FORBIDDEN:
        return "forbidden by name"
    if imported == "recipes" and importer != "journey":
        return "nothing but journey imports recipes"
    if ORDER.index(imported) > ORDER.index(importer):
        return f"{imported} comes after {importer}"
    return None


def test_every_room_is_known() -> None:
    rooms = {room_of(name) for name in MODULES if name != "thirdeye"}
    assert rooms <= {*GROUND, *OPEN, *ORDER}


def test_rooms_import_only_rooms_above_them() -> None:
    problems = []
    for name, target, line in edges():
        if name == "thirdeye" or target == "thirdeye":
            continue
        why = rank_problem(room_of(name), room_of(target))
        if why:
            problems.append(f"{name}:{line} imports {target}: {why}")
    assert not problems, "\n".join(problems)


def test_nobody_imports_the_facade() -> None:
    problems = [f"{name}:{line}" for name, target, line in edges() if target == "thirdeye"]
    assert not problems, problems


def test_only_the_command_line_imports_the_journey() -> None:
    lower = [
        f"{name}:{line} imports {target}"
        for name, target, line in edges()
        if room_of(target) in ("journey", "cli") and room_of(name) not in ("", "cli", room_of(target))
    ]
    assert not lower, lower


def components(graph: dict[str, set[str]]) -> list[set[str]]:
    """Strongly connected components of more than one node, or with a loop (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for after in sorted(graph[node]):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            part = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            if len(part) > 1 or node in graph[node]:
                found.append(part)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_no_cycles() -> None:
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for name, target, _ in edges():
        if target in graph:
            graph[name].add(target)
    assert components(graph) == []


def test_the_cycle_finder_finds() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": {"e"}}
    assert sorted(map(sorted, components(graph))) == [["b", "c"], ["e"]]


def test_imports_lead_somewhere() -> None:
    missing = [f"{name}:{line}: {target}" for name, target, line in edges() if target not in MODULES]
    assert not missing, missing


def test_torch_stays_in_its_rooms() -> None:
    problems = [
        f"{name}:{line} imports {target}"
        for name in MODULES
        for target, line in imports_of(name)
        if target.split(".")[0] in TORCH and not name.startswith(TORCH_ROOMS) and name not in TORCH_MODULES
    ]
    assert not problems, problems


def test_no_pickle_is_loaded() -> None:
    """`weights_only=False`, `allow_pickle=True` and the pickle modules appear nowhere."""
    problems = []
    for name in MODULES:
        for target, line in imports_of(name):
            if target.split(".")[0] in ("pickle", "joblib", "dill", "shelve", "marshal"):
                problems.append(f"{name}:{line} imports {target}")
        for node in nodes_of(name):
            if not (isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant)):
                continue
            if (node.arg, node.value.value) in (("weights_only", False), ("allow_pickle", True)):
                problems.append(f"{name}:{node.value.lineno} {node.arg}={node.value.value}")
    assert not problems, problems


def loaded_after(code: str) -> set[str]:
    """Top-level modules in a fresh process after `code`."""
    script = f"{code}\nimport sys, json; print('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {module.split(".")[0] for module in json.loads(done.stdout.splitlines()[-1])}


def test_import_thirdeye_is_light() -> None:
    assert not loaded_after("import thirdeye") & {*HEAVY, "numpy", "click", "rich"}


def test_help_is_light() -> None:
    code = (
        "import sys; sys.argv = ['thirdeye', '--help']\n"
        "from thirdeye.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code"
    )
    assert not loaded_after(code) & {*HEAVY, "numpy", "onnxruntime", "jinja2"}


@pytest.mark.parametrize("module", ["thirdeye.inference.second_opinion", "thirdeye.transform.prepare"])
def test_reading_is_light(module: str) -> None:
    assert importlib.util.find_spec(module) is not None
    assert not loaded_after(f"import {module}") & {"torch", "sklearn", "pandas", "matplotlib", "scipy"}


def test_recipes_are_listed_without_torch() -> None:
    """A base installation has no torch: `thirdeye recipes list` and `show` have to work there."""
    assert not loaded_after("import thirdeye.recipes.rows") & {"torch", "torchvision", "sklearn", "timm"}
