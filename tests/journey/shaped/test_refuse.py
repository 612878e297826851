from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.explaining import explain
from thirdeye.journey.repeating import robustness
from thirdeye.journey.shaped.refuse import is_system, refuse_system_study
from thirdeye.journey.training import train
from thirdeye.journey.validating import validate


@pytest.mark.parametrize("verb", [train, validate, explain, robustness], ids=lambda verb: verb.__name__)
def test_verbs_for_readers_of_images_refuse(toy_study: Path, verb: Callable[[Path], object]) -> None:
    with pytest.raises(UsageError, match=f"thirdeye {verb.__name__} is for readers of images.*system toy"):
        verb(toy_study)


def test_other_studies_pass(tmp_path: Path) -> None:
    assert not is_system(Study(tmp_path))
    (tmp_path / "fingerprint.json").write_text('{"task": "binary"}')
    refuse_system_study(Study(tmp_path), "train")
