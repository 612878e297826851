"""The table of the plan and the networks agree."""

from __future__ import annotations

import pytest
import torch

from thirdeye.errors import UsageError
from thirdeye.model.build_sliding import BUILDERS, build_sliding
from thirdeye.plan.detection.file import detection_plan_schema
from thirdeye.plan.detection.networks import SLIDING_NETWORKS


def test_every_name_of_the_plan_is_built() -> None:
    fields = detection_plan_schema()["properties"]["values"]["properties"]
    assert list(BUILDERS) == list(SLIDING_NETWORKS)
    assert fields["networks"]["properties"]["value"]["items"]["enum"] == list(SLIDING_NETWORKS)


@pytest.mark.parametrize("name", SLIDING_NETWORKS)
def test_sides_and_strides_are_those_of_the_table(name: str) -> None:
    shape = SLIDING_NETWORKS[name]
    network = build_sliding(name, n_in=1, n_out=2).eval()
    assert network(torch.zeros(1, 1, shape.side_px, shape.side_px)).shape == (1, 2, 1, 1)
    larger = torch.zeros(1, 1, shape.side_px + shape.stride_px, shape.side_px + shape.stride_px - 1)
    assert network(larger).shape == (1, 2, 2, 1)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match="no classifier that slides is called 'ciresan'"):
        build_sliding("ciresan", n_in=1, n_out=2)
