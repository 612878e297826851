"""The files of `deploy/` name commands and options that exist, and addresses that the room answers."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from thirdeye.cli.main import program

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def commands() -> list[list[str]]:
    """Every call of the program in the units and the container."""
    found = []
    for path in sorted(DEPLOY.glob("*.service")):
        text = path.read_text().replace("\\\n", " ").replace("$$", "$").replace("%%", "%")
        for line in re.findall(r"^ExecStart\w*=(.*)$", text, re.MULTILINE):
            inner = shlex.split(line)
            words = shlex.split(inner[2]) if inner[:2] == ["/bin/sh", "-c"] else inner
            found.append([Path(words[0]).name, *words[1:]])
    container = (DEPLOY / "Containerfile").read_text()
    entry, given = re.search(r"^ENTRYPOINT (.*)$", container, re.M), re.search(r"^CMD (.*)$", container, re.M)
    assert entry
    assert given
    return [*found, [*re.findall(r'"([^"]*)"', entry[1]), *re.findall(r'"([^"]*)"', given[1])]]


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words[1:3]))
def test_every_command_and_option_exists(words) -> None:
    assert words[0] == "thirdeye"
    context, command, rest = click.Context(program), program, words[1:]
    while isinstance(command, click.Group):
        name, rest = rest[0], rest[1:]
        command = command.get_command(context, name)
        assert command is not None, name
    known = {option for one in command.params for option in one.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_units_are_valid() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in sorted(DEPLOY.glob("*.timer")) + sorted(DEPLOY.glob("*.service")):
        done = subprocess.run(
            ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
        )
        said = [
            line for line in done.stderr.splitlines() if unit.name in line and "not executable" not in line
        ]
        assert not [line for line in said if "Unknown" in line or "Failed to parse" in line], said


def test_the_proxy_passes_on_what_the_room_takes() -> None:
    from thirdeye.reading_room.settings import Settings

    text = (DEPLOY / "nginx.conf").read_text()
    limit = re.search(r"client_max_body_size (\d+)m;", text)
    assert limit
    assert int(limit[1]) * 1024**2 == Settings(folder=Path()).upload_bytes
    assert text.count("proxy_set_header   Host $host;") == text.count("proxy_pass ")
