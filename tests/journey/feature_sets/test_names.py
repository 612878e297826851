"""Names of feature sets, and which of them cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.feature_sets.names import learnt_for_sets, refuse_unfit_sets, title_of, usable
from thirdeye.plan.make import make_plan
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts
from thirdeye.training.event import Event, silent

FACTS = Facts(
    task="binary", classes=("well", "ill"), positive="ill", class_counts={"well": 50, "ill": 50},
    n_development=100, n_training=100, validation_counts={}, fewest_groups=50, side_px=64, aspect_spread=1,
    colour_share=0, deep_share=0, has_bf16=False, images_per_s=5, budget_s=600, seed=0,
)  # fmt: skip


def planned(*names: str, **changed: Any) -> Plan:
    return replace(make_plan(FACTS), feature_sets=names, **changed)


def test_titles_can_be_read() -> None:
    assert title_of("variables+network") == "clinical variables and features of the reader's networks"
    assert title_of("hog") == "histograms of oriented gradients"
    assert title_of("hog+divergence+variables") == (
        "histograms of oriented gradients, histograms of gradient divergence and clinical variables"
    )
    assert title_of("network:torchvision:resnet18") == "features of resnet18"


def test_unknown_and_repeated_parts_are_refused() -> None:
    for name in ("sift", "hog+sift", "hog+hog", "network:", ""):
        with pytest.raises(UsageError, match="a feature set is made of"):
            refuse_unfit_sets(planned("hog", name), silent)
    refuse_unfit_sets(planned("hog", "hog+pretrained", "network:lenet5"), silent)


def test_labels_that_do_not_exclude_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match="do not exclude"):
        refuse_unfit_sets(planned("hog", task="multilabel"), silent)


def test_several_architectures_need_official_validation() -> None:
    with pytest.raises(UsageError, match="validation=official"):
        refuse_unfit_sets(planned("network", networks=("lenet5",)), silent)
    refuse_unfit_sets(planned("network", networks=("lenet5",), validation="official"), silent)


def test_without_clinical_variables_their_sets_are_left_out_aloud() -> None:
    heard: list[Event] = []
    plan = planned("variables", "hog", "variables+hog")
    refuse_unfit_sets(plan, heard.append)
    assert usable(plan) == ("hog",)
    assert "left out: variables, variables+hog" in heard[0].text
    assert usable(replace(plan, variables=("age",))) == plan.feature_sets


def test_networks_for_sets_alone_are_known() -> None:
    assert learnt_for_sets(planned("hog+network:lenet5", "network", "network:alexnet")) == (
        "alexnet",
        "lenet5",
    )
