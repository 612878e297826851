"""The command itself: help at once, exit codes, one sentence for every failure."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import click
import pytest

import thirdeye.cli.main as main_module
from thirdeye.cli.main import VERBS
from thirdeye.errors import DataRefused, MissingExtra, StageFailed, UsageError

HEAVY = {"torch", "pandas", "numpy", "scipy", "sklearn", "matplotlib", "onnxruntime", "PIL", "pydicom"}


def test_help_lists_every_verb_in_the_order_of_the_journey(thirdeye: Callable[..., Any]) -> None:
    said = thirdeye("--help")
    assert (said.code, said.err) == (0, "")
    positions = [said.out.index(f"  {verb} ") for verb in VERBS]
    assert positions == sorted(positions)
    assert "Not a medical device" in said.out
    assert thirdeye("-h").out == said.out


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help(thirdeye: Callable[..., Any], verb: str) -> None:
    said = thirdeye(verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Usage: thirdeye {verb} ")
    command = importlib.import_module(f"thirdeye.cli.{VERBS[verb][0]}").command
    assert command.name == verb
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help for option in options), verb


@pytest.mark.parametrize("verb", list(VERBS))
def test_help_of_a_verb_loads_nothing_heavy(verb: str) -> None:
    code = (
        "import sys, json\nfrom thirdeye.cli.main import main\n"
        f"try:\n    main(['{verb}', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    allowed = {"numpy", "onnxruntime", "PIL"} if verb == "read" else {"numpy"}
    assert not set(json.loads(done.stdout.splitlines()[-1])) & (HEAVY - allowed)


def test_help_answers_at_once() -> None:
    """Under 0.3 s of the processor's time, start of Python included; the best of three."""
    taken = []
    for _ in range(3):
        before = os.times()
        code = "from thirdeye.cli.main import main; main(['--help'])"
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        taken.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        time.sleep(0.01)
    assert min(taken) < 0.3


def test_version(thirdeye: Callable[..., Any]) -> None:
    said = thirdeye("--version")
    assert (said.code, said.out) == (0, f"thirdeye {version('thirdeye-imaging')}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run",),
        ("run", "x"),
        ("run", "x", "--out", "y", "--sead", "1"),
        ("run", "x", "--out", "y", "--seed", "-1"),
        ("run", "x", "--out", "y", "--seed", "one"),
        ("check", "x", "--task", "regression"),
        ("read", "x"),
    ],
)
def test_wrong_usage_is_2(thirdeye: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    said = thirdeye(*arguments)
    assert said.code == 2
    assert "Error: " in said.err
    assert said.out == ""


FAILURES: list[tuple[BaseException, int, str]] = [
    (UsageError("no such thing"), 2, "thirdeye: no such thing"),
    (MissingExtra("training", "train"), 2, "thirdeye: training needs the extra 'train'"),
    (DataRefused("no images"), 3, "thirdeye: no images"),
    (StageFailed("stopped"), 4, "thirdeye: stopped"),
    (OSError(28, "No space left on device", "s/x"), 4, "thirdeye: 's/x': No space left on device; free some"),
    (MemoryError(), 4, "thirdeye: out of memory"),
    (KeyboardInterrupt(), 130, "thirdeye: interrupted; the same command goes on from here"),
]


@pytest.mark.parametrize(("failure", "code", "words"), FAILURES, ids=lambda value: type(value).__name__)
def test_exit_codes_and_sentences(
    thirdeye: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: int,
    words: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("thirdeye.journey.checking.check", fail)
    said = thirdeye("check", "data")
    assert said.code == code
    assert words in said.refusal
    assert said.out == ""


def test_a_defect_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("thirdeye.journey.checking.check", fail)
    with pytest.raises(ZeroDivisionError):
        main_module.main(["check", "data"])


def test_a_reader_that_hangs_up_is_no_error(finished: Any) -> None:
    """`thirdeye check --json | head -1`."""
    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()"]
    process = subprocess.Popen(
        [*command, "check", str(finished / "data"), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 0, err
    assert "Traceback" not in err
    assert "BrokenPipe" not in err
