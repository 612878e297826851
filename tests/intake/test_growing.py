from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.intake import growing
from thirdeye.intake.growing import GrowingArray


@pytest.mark.parametrize("limit", [0, 10**9])
def test_rows_come_back_as_they_went_in(tmp_path: Path, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "IN_MEMORY_BYTES", limit)
    array = GrowingArray(5, tmp_path / "rows", np.float32, (2, 3))
    rows = np.arange(30).reshape(5, 2, 3)
    for part in (rows[:1], rows[1:4], rows[4:]):
        array.add(part)
    found = array.finished()
    assert (found.dtype, found.tolist()) == (np.float32, rows.tolist())
    assert isinstance(found, np.memmap) == (limit == 0)
    found[2] = 0
    assert found.sum() == rows.sum() - rows[2].sum()
