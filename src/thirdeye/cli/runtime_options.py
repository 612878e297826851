"""Options of every verb that opens a reader: what runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--threads", type=click.IntRange(min=1), help="Threads of the network; default: all cores."),
    click.option(
        "--engine",
        type=click.Choice(["onnxruntime", "openvino"]),
        help="What runs the network.  [as thirdeye speed chose, else onnxruntime]",
    ),
    click.option(
        "--precision",
        type=click.Choice(["f32", "bf16", "int8"]),
        help="How finely it computes; bf16 and int8 after thirdeye speed has measured the loss.",
    ),
)


def runtime_options(command: Command) -> Command:
    """Add --threads, --engine and --precision."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
