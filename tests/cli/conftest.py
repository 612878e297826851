"""The command line called as a user calls it, and a folder of images to break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@dataclass(frozen=True)
class Said:
    """How a command ended.

    Args:
        code: exit code.
        out, err: what it wrote.
    """

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one sentence on stderr that says why it stopped."""
        lines = [line for line in self.err.splitlines() if line.startswith("thirdeye: ")]
        assert len(lines) == 1, self.err
        return lines[0]


@pytest.fixture
def thirdeye(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Calls the command in this process."""
    from thirdeye.cli.main import main

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(int(stop.value.code or 0), out, err)

    return call


@pytest.fixture
def class_folders(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder per class with so many little pictures, every image a patient of its own."""

    def make(counts: dict[str, int], *, name: str = "data", side: int = 24) -> Path:
        rng = np.random.default_rng(0)
        for position, (label, count) in enumerate(counts.items()):
            folder = tmp_path / name / label
            folder.mkdir(parents=True)
            for index in range(count):
                level = 60 + 120 * position / max(1, len(counts) - 1)
                pixels = rng.normal(level, 30, (side, side)).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{index:03d}.png")
        (tmp_path / name).mkdir(exist_ok=True)
        return tmp_path / name

    return make
