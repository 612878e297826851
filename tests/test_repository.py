"""What no file of the repository may hold: places of one machine, hosts of package registries, huge files."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

# Written in pieces, so that this file passes its own test.
PLACES = re.compile(
    "|".join(
        [
            r"(?<![\w.~$}/-])/" + r"(?:work|root|home|Users|opt|mnt|srv)/\w",
            r"\b[A-Z]:\\" + r"Users\\",
        ]
    )
)
HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("deb", "debian", "org"),
            ("anaconda", "org"),
            ("download", "pytorch", "org"),
            ("files", "pyt"),
        ]
    )
)
# PyTorch's own documented index of CPU builds, where users are told about it.
MAY_NAME_PYTORCH = {"README.md", "docs/install.md"}
LARGEST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def files(repository: Path) -> list[Path]:
    """Every file that is, or would be, in the repository."""
    if not (repository / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [repository / name for name in listed if name and (repository / name).is_file()]


def lines_matching(pattern: re.Pattern[str], files: list[Path], repository: Path) -> list[str]:
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(repository).as_posix()
        for number, line in enumerate(text.splitlines(), 1):
            if (match := pattern.search(line)) is not None:
                found.append(f"{name}:{number}: {match.group()}")
    return found


def test_no_absolute_machine_paths(files: list[Path], repository: Path) -> None:
    assert lines_matching(PLACES, files, repository) == []


def test_no_registry_hosts(files: list[Path], repository: Path) -> None:
    found = lines_matching(HOSTS, files, repository)
    assert [line for line in found if line.split(":")[0] not in MAY_NAME_PYTORCH] == []
    allowed = [line for line in found if line.split(":")[0] in MAY_NAME_PYTORCH]
    assert all("pytorch" in line for line in allowed), allowed


def test_the_patterns_find() -> None:
    slash = "/"
    assert PLACES.search(f"open('{slash}home{slash}x/data')")
    assert PLACES.search(f"see {slash}root{slash}te")
    assert not PLACES.search(f"a/b{slash}home{slash}x and ~{slash}work and #!{slash}usr{slash}bin{slash}env")
    assert HOSTS.search("https://pypi" + ".org/simple")


def test_no_huge_files(files: list[Path]) -> None:
    assert [path.name for path in files if path.stat().st_size > LARGEST_BYTES] == []


def test_the_base_needs_no_torch(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = " ".join(project["dependencies"])
    assert "torch" not in base
    assert any(line.startswith("torch>=") for line in project["optional-dependencies"]["train"])


def test_scripts_are_executable_and_stop_at_the_first_error(repository: Path) -> None:
    scripts = [path for path in (repository / "scripts").iterdir() if path.suffix == ""]
    assert {"install", "demo", "test", "check"} <= {path.name for path in scripts}
    for path in [*scripts, repository / ".ci" / "run"]:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#!/usr/bin/env bash\n"), path.name
        assert "set -euo pipefail" in text, path.name
        assert path.stat().st_mode & 0o100, path.name
