"""Networks of every task are said in words, not by the names of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.model.build_dense import DENSE_ARCHITECTURES
from thirdeye.model.build_detector import FASTER_RCNN, FCOS, RETINANET
from thirdeye.model.build_landmarks import HEAT_LITE, PATCHES
from thirdeye.report.evidence import read_evidence
from thirdeye.report.located.plan_words import network_words
from thirdeye.report.sections.cite import methods_sentence
from thirdeye.report.sections.method import plan_value_text

NETWORKS = (*DENSE_ARCHITECTURES, FCOS, RETINANET, FASTER_RCNN, HEAT_LITE, PATCHES, "patch_net")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_has_words(name: str, tmp_path: Path) -> None:
    words = network_words(name)
    assert name not in words
    values = {"task": "detection", "architecture": name, "validation": "official", "classes": ["cell"]}
    Study(tmp_path).write_json("plan.json", {"values": {k: {"value": v} for k, v in values.items()}})
    said = methods_sentence(read_evidence(tmp_path), "1.0")
    assert said.startswith(f"A {words} was trained with Third Eye 1.0")
    assert "None" not in said


def test_a_name_without_words_stands_as_it_is() -> None:
    assert network_words("timm:new") == "timm:new"


def test_distances_are_listed_and_sides_multiplied() -> None:
    assert plan_value_text("rings", [4.0, 8.0, 16.0]) == "4, 8, 16"
    assert plan_value_text("canvas", [160, 128]) == "160 × 128"
