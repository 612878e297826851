from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.retrieval import CONVENTION, compare_retrieval, rank, retrieval_metrics
from thirdeye.report.document import Notice, Table
from thirdeye.report.evidence import Evidence, read_evidence
from thirdeye.report.sections.similar import similar_section


def _evidence(folder: Path, *, gain: float) -> Evidence:
    rng = np.random.default_rng(0)
    relevant = rng.uniform(size=(80, 60)) < 0.5
    own = np.zeros(relevant.shape, bool)
    noise = rng.normal(size=relevant.shape)
    ours = rank(noise + gain * relevant, relevant, own)
    comparisons: list[dict[str, Any]] = [
        {"name": name, "title": title, "description": "", "measures": [
            one.as_json()
            for one in compare_retrieval(ours, rank(rng.normal(size=noise.shape), relevant, own))
        ]}
        for name, title in (("pixels", "raw pixels"), ("handcrafted", "hand-crafted features"))
    ]  # fmt: skip
    found = {
        "n_queries": 80, "n_gallery": 60, "features": "both", "metric": "cosine", "convention": CONVENTION,
        "metrics": [one.as_json() for one in retrieval_metrics(ours)], "comparisons": comparisons,
    }  # fmt: skip
    evidence = read_evidence(folder)
    object.__setattr__(evidence, "evaluation", {"sets": {"test": {"retrieval": found}}})
    return evidence


@pytest.mark.parametrize(
    ("gain", "level", "said"),
    [
        (2.0, "note", "Similar cases are found better than by raw pixels and by hand-crafted features"),
        (
            0.0,
            "warning",
            "Similar cases are not shown to be found better than by raw pixels or by hand-crafted features",
        ),
    ],
)
def test_the_verdict_is_what_was_measured(tmp_path: Path, gain: float, level: str, said: str) -> None:
    section = similar_section(_evidence(tmp_path, gain=gain))
    assert section is not None
    notice = next(block for block in section.blocks if isinstance(block, Notice))
    assert (notice.level, notice.title) == (level, said)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows][1] == "Precision at 5"
    assert len(table.columns) == 4


def test_nothing_measured_is_no_section(tmp_path: Path) -> None:
    assert similar_section(read_evidence(tmp_path)) is None
