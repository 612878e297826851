from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.validating import validate


def test_costs_belong_to_the_test_part(tmp_path) -> None:
    with pytest.raises(UsageError, match="--cost-ratio belongs to the study's own test part"):
        validate(tmp_path, on=tmp_path, cost_ratios=[9])
