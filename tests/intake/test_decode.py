from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.decode import decoded


def test_files_in_order_each_when_it_is_asked_for(tmp_path: Path) -> None:
    for number in range(4):
        Pillow.fromarray(np.full((5, 6), number, np.uint8)).save(tmp_path / f"{number}.png")
    (tmp_path / "2.png").write_bytes(b"")
    taken: list[int] = []

    def paths() -> Iterator[Path]:
        for number in range(4):
            taken.append(number)
            yield tmp_path / f"{number}.png"

    found = decoded(paths())
    first = next(found)
    assert isinstance(first, Image)
    assert taken == [0]
    second, third, fourth = found
    assert isinstance(second, Image)
    assert (second.pixels == 1).all()
    assert isinstance(third, UnreadableFile)
    assert str(third) == "2.png: is empty (0 bytes)"
    assert isinstance(fourth, Image)
