"""Verbs that have nothing to do for a study of masks, boxes or points say so in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

import thirdeye
from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.located.tasks import LOCATED


@pytest.mark.parametrize("task", LOCATED)
@pytest.mark.parametrize("verb", ["explain", "robustness"])
def test_one_sentence(tmp_path: Path, verb: str, task: str) -> None:
    study = Study(tmp_path / "study")
    study.folder.mkdir()
    study.write_json("fingerprint.json", {"task": task})
    calls = {
        "explain": lambda: thirdeye.explain(study.folder),
        "robustness": lambda: thirdeye.robustness(study.folder),
    }
    with pytest.raises(
        UsageError, match=f"thirdeye {verb} is for readers of whole images.* study of {task}: "
    ) as said:
        calls[verb]()
    assert str(tmp_path) not in str(said.value)
