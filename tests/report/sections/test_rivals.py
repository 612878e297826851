"""All techniques side by side: the order, the words, and nothing invented where nothing was recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.evaluation.importance import importance_metric
from thirdeye.report.document import Figure, Notice, Paragraph, Table
from thirdeye.report.sections.rivals import FAMILIES, combined_notice, importance_blocks, technique_blocks
from thirdeye.report.sets import EvidenceSet
from thirdeye.transform.handcrafted.describe import feature_families

N = 160
LABELS = np.arange(N) % 2
COMMON: dict[str, Any] = {
    "labels": LABELS, "classes": ["no", "yes"], "task": "binary", "positive": "yes", "clusters": None,
}  # fmt: skip


def _table(skill: float, seed: int) -> np.ndarray:
    score = 1 / (1 + np.exp(-(np.random.default_rng(seed).normal(size=N) + skill * (LABELS - 0.5))))
    return np.column_stack([1 - score, score])


def _comparisons(shift: int = 0) -> list[dict[str, Any]]:
    network = _table(2.5, shift)
    main = compare_models(**COMMON, first=network, second=_table(1.5, shift + 1), n_resamples=50)
    further = [
        compare_models(
            **COMMON, first=_table(3, shift + 2), second=network, names=("network and both", "network"),
            only_primary=True,
        )
        | {"kind": "combined", "source": "combined", "description": "Weights from validation."}
    ]  # fmt: skip
    for i, (kind, source, skill) in enumerate(
        [("learner", "learner:bayes", 0.4), ("learner", "learner:svm", 1.6), ("simple", "simple", 0.2)]
    ):
        found = compare_models(
            **COMMON, first=network, second=_table(skill, shift + 3 + i), names=("network", source),
            only_primary=True,
        )  # fmt: skip
        further.append(found | {"kind": kind, "source": source, "description": f"How {source} decides."})
    return [main | {"kind": "traditional", "source": "traditional"}, *with_adjusted(further)]


def _importance() -> list[dict[str, Any]]:
    whole = _table(1.5, 1)
    return [
        {
            "family": family,
            "n_features": 7,
            "loss": importance_metric(
                **COMMON, whole=whole, shuffled=[np.random.default_rng(k + 9).permutation(whole)]
            ).as_json(),
        }
        for k, family in enumerate(("texture", "shape"))
    ]


def _blocks(told: dict[str, Any]) -> list[Any]:
    main, *further = _comparisons()
    validation = EvidenceSet("validation", {"comparisons": _comparisons(50)}, "image")
    return technique_blocks(main, further, validation, told)


def test_the_chosen_technique_leads_and_learners_follow_by_validation_not_by_test() -> None:
    table = next(block for block in _blocks({}) if isinstance(block, Table))
    names = [row[0].text for row in table.rows]  # type: ignore[union-attr]
    assert names == [
        "Traditional technique (chosen)", "Network and both", "Learner:svm", "Learner:bayes", "Simple",
    ]  # fmt: skip
    assert table.rows[0][4].note == "not adjusted"  # type: ignore[union-attr]
    assert "the 4 others" in table.notes[2]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_without_others_no_p_value_is_called_adjusted() -> None:
    validation = EvidenceSet("validation", {"comparisons": _comparisons(50)}, "image")
    further = [{k: v for k, v in one.items() if k != "adjusted_over"} for one in _comparisons()[1:]]
    blocks = technique_blocks(_comparisons()[0], further, validation, {})
    table = next(block for block in blocks if isinstance(block, Table))
    assert table.notes[2] == "Only the first row is the question that was fixed beforehand."


def test_what_was_left_out_is_said() -> None:
    blocks = _blocks({"left_out": [{"kind": "boosting", "title": "gradient boosting"}]})
    assert any(isinstance(block, Paragraph) and "gradient boosting" in block.text for block in blocks)
    assert not any(isinstance(block, Paragraph) and "Left out" in block.text for block in _blocks({}))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("better", "Both together beat"), ("not_better", "do not beat"), ("worse", "worse"), ("?", "open")],
)
def test_together_is_one_notice(outcome: str, said: str) -> None:
    (notice,) = combined_notice(_comparisons()[1] | {"outcome": outcome, "p_adjusted": 0.01})
    assert isinstance(notice, Notice)
    assert said in notice.title
    assert "Weights from validation." in notice.text
    assert "Holm): p = 0.010" in notice.text
    assert combined_notice(None) == []


def test_together_is_open_when_the_adjusted_p_does_not_show_it() -> None:
    (notice,) = combined_notice(_comparisons()[1] | {"outcome": "better", "p_adjusted": 0.2})
    assert "open" in notice.title


def test_importance_is_drawn_and_listed_and_undefined_ones_are_left_out() -> None:
    entries = _importance()
    entries.append({"family": "colour", "n_features": 3, "loss": {"value": None, "status": "undefined"}})
    _, figure, table = importance_blocks({"importance": entries})
    assert isinstance(figure, Figure)
    assert isinstance(table, Table)
    assert [row[0].text for row in table.rows] == ["Texture matrices", "Shape"]  # type: ignore[union-attr]
    assert importance_blocks({}) == []


def test_every_family_of_features_has_a_name() -> None:
    assert set(FAMILIES) == set(feature_families())


def test_an_older_study_has_no_such_blocks() -> None:
    assert technique_blocks(_comparisons()[0], [], None, {}) == []
