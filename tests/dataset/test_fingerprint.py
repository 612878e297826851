from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd
import pytest

from thirdeye.dataset.fingerprint import Fingerprint, Spread, fingerprint
from thirdeye.dataset.machine import Machine
from thirdeye.dataset.split import make_dataset
from thirdeye.errors import StudyMismatch

MACHINE = Machine(cores=2, memory_gb=8.0, bf16=False, cuda_devices=0, system="Linux x86_64")


@pytest.fixture
def made(sample: Callable[..., tuple]) -> Fingerprint:
    collection, examination = sample(["no"] * 30 + ["yes"] * 10, patients=[f"p{n // 2}" for n in range(40)])
    facts = examination.facts
    facts.loc["i0000.png", ["height", "width", "bits", "maximum"]] = [40, 20, 16, 4095.0]
    facts.loc["i0001.png", "error"] = "broken"
    dataset = make_dataset(collection, examination, seed=0, folds=2)
    return fingerprint(dataset, images=facts, machine=MACHINE)


def test_counts(made: Fingerprint) -> None:
    assert (made.images, made.cases, made.patients, made.excluded) == (39, 39, 20, 1)
    assert made.class_counts["all"] == {"no": 29, "yes": 10}
    assert made.class_patients == {"no": 15, "yes": 5}
    assert sum(made.splits.values()) == 39
    assert {
        part: sum(counts.values()) for part, counts in made.class_counts.items() if part != "all"
    } == made.splits


def test_pixels(made: Fingerprint) -> None:
    assert made.height_px == Spread(10, 10, 40)
    assert made.aspect == Spread(0.5, 2.0, 2.0)
    assert made.one_size is False
    assert made.bits == {"16": 1, "8": 38}
    assert made.deep_grey_share == pytest.approx(1 / 39, abs=1e-4)
    assert made.used_range.minimum == pytest.approx(4095 / 65535, rel=1e-5)
    assert made.intensity_mean.median == pytest.approx(0.2)
    assert made.formats == {"PNG": 39}
    assert made.sites == {}


def test_json_and_back(made: Fingerprint) -> None:
    content = json.loads(json.dumps(made.as_json()))
    assert Fingerprint.from_json(content) == made
    with pytest.raises(StudyMismatch, match="version 99"):
        Fingerprint.from_json({**content, "version": 99})
    del content["bits"]
    with pytest.raises(StudyMismatch, match="lacks bits"):
        Fingerprint.from_json(content)


def test_excluded_images_without_facts_do_not_matter(sample: Callable[..., tuple]) -> None:
    collection, examination = sample(["no", "yes"] * 10, errors=["x", *[""] * 19])
    examination.facts.loc["i0000.png", ["height", "width"]] = 0
    dataset = make_dataset(collection, examination, seed=0, folds=2)
    made = fingerprint(dataset, images=pd.DataFrame(examination.facts), machine=MACHINE)
    assert made.height_px.minimum == 10
