from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.evaluation.conformal_coverage import coverage_metric, mean_set_size
from thirdeye.evaluation.deferral_effect import effect_of_deferral
from thirdeye.evaluation.risk_coverage import compare_certainties, risk_curve
from thirdeye.report.document import Figure, FigureRow, Notice, Paragraph, Table
from thirdeye.report.sections.certainty import certainty_section
from thirdeye.report.sets import EvidenceSet


def _content(share: float) -> dict:
    rng = np.random.default_rng(0)
    covered = np.arange(200) < 200 * share
    overall = coverage_metric(covered, coverage=0.9, n_calibration=400).as_json()
    each = [
        coverage_metric(covered[k::2], coverage=0.9, n_calibration=200, class_name=n)
        for k, n in enumerate("ab")
    ]
    size = mean_set_size(rng.random((200, 2)) < 0.6).as_json()
    common = {"question": "", "score": "lac", "size": size, "by_group": []}
    rules = [
        {**common, "scope": "each class", "always": ["b"], "sizes": {"a": [1, 80, 19], "b": [0, 90, 10]},
         "overall": {**overall, "details": {"nominal": 0.9}}, "by_class": [one.as_json() for one in each]},
        {**common, "scope": "all cases", "always": [], "sizes": {"a": [0, 100, 0]}, "overall": overall,
         "by_class": [], "by_group": [{"group": "sex: f", "coverage": overall}]},
    ]  # fmt: skip
    losses, certainty = (rng.random(200) < 0.2).astype(float), rng.random(200)
    compared = compare_certainties(losses, {"probability": certainty, "views": 1 - certainty}, n_resamples=50)
    deferral = [
        {"asked": asked, "below": asked, "share": asked,
         **{k: [m.as_json() for m in v] for k, v in effect_of_deferral(certainty < asked, losses).items()}}
        for asked in (0.1, 0.2, 0.3)
    ]  # fmt: skip
    found = {
        "method": "probability", "deferred": 0.2, "rules": deferral,
        "areas": {name: one.as_json() for name, one in compared.areas.items()},
        "differences": {name: one.as_json() for name, one in compared.differences.items()},
        "curves": {"probability": risk_curve(losses, certainty), "views": risk_curve(losses, 1 - certainty)},
    }  # fmt: skip
    sets = {"coverage": 0.9, "guarantee": "cross_fitted", "rules": rules}
    return json.loads(json.dumps({"uncertainty": {"sets": sets, "certainty": found}}))


@pytest.mark.parametrize(("share", "kind", "words"), [
    (0.9, Paragraph, "keep their promise of 90%"),
    (0.7, Notice, "miss the true class more often than promised"),
    (1.0, Notice, "hold the true class more often than promised"),
])  # fmt: skip
def test_the_verdict_comes_first(share: float, kind: type, words: str) -> None:
    section = certainty_section(EvidenceSet("test", _content(share), "image"))
    first = section.blocks[0]
    assert isinstance(first, kind)
    assert words in (first.text if isinstance(first, Paragraph) else first.title)


def test_figures_and_tables() -> None:
    section = certainty_section(EvidenceSet("test", _content(0.9), "image"))
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    assert [figure.name for figure in figures] == ["set_coverage", "risk_coverage"]
    assert len(next(block for block in section.blocks if isinstance(block, FigureRow)).figures) == 2
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [2, 4]
    assert "for want of validation patients" in tables[0].notes[0]
    assert section.anchor == "certainty"


def test_nothing_without_rules() -> None:
    assert certainty_section(EvidenceSet("test", {}, "image")) is None
    assert certainty_section(EvidenceSet("test", {"uncertainty": {}}, "image")) is None
