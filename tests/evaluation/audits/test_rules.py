"""Each rule of the audits: when it speaks, what it says, and the numbers it rests on."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc, hanley_mcneil_variance
from thirdeye.evaluation.audits.audit import IDS, Audit, put_audits
from thirdeye.evaluation.audits.envelope import outside_envelope
from thirdeye.evaluation.audits.events import few_events
from thirdeye.evaluation.audits.reuse import reused
from thirdeye.evaluation.evidence import evaluate_set


def scores(n_sick, n_well, seed=0, apart=1.5):
    rng = np.random.default_rng(seed)
    labels = np.r_[np.ones(n_sick, int), np.zeros(n_well, int)]
    p = 1 / (1 + np.exp(-(rng.normal(0, 1, labels.size) + apart * labels - 1)))
    return labels, np.column_stack([1 - p, p])


def entry(n_sick=150, n_well=150, **changes):
    labels, table = scores(n_sick, n_well)
    given = {
        "labels": labels, "probabilities": table, "classes": ["well", "sick"], "task": "binary",
        "positive": "sick", "clusters": np.arange(labels.size), "unit": "image", "operating_points": [],
        "excluded": {}, "n_resamples": 50,
    }  # fmt: skip
    return evaluate_set(**given | changes)


def found(content, rule):
    return [audit for audit in content["audits"] if audit["id"] == rule]


def test_few_events_name_precision_and_the_cases_that_would_do():
    content = entry(40, 60)
    (audit,) = found(content, "events")
    numbers = audit["numbers"]
    assert numbers["counts"] == {"well": 60, "sick": 40}
    metric = next(m for m in content["metrics"] if m["name"] == "auc")
    assert numbers["half_width"] == pytest.approx((metric["ci_high"] - metric["ci_low"]) / 2)
    assert numbers["cases_needed"] == numbers["with_condition"] + numbers["without_condition"]
    assert numbers["without_condition"] / numbers["with_condition"] == pytest.approx(1.5, rel=0.02)
    reached = (
        1.96
        * hanley_mcneil_variance(metric["value"], numbers["with_condition"], numbers["without_condition"])
        ** 0.5
    )
    assert reached == pytest.approx(numbers["target_half_width"], rel=0.02)
    assert f"about {numbers['cases_needed']:,} cases" in audit["sentence"]
    assert audit["sentence"] in content["warnings"]


def test_many_events_and_a_narrow_interval_need_no_words():
    assert found(entry(400, 400), "events") == []


def test_a_wide_interval_is_named_even_with_a_hundred_of_each():
    labels, table = scores(105, 105, apart=0.5)
    (audit,) = found(entry(labels=labels, probabilities=table, clusters=np.arange(210)), "events")
    assert audit["numbers"]["counts"] == {}
    assert audit["sentence"].startswith("The AUC is known to within 0.0")


def test_each_class_of_many_is_counted():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [120, 60, 20])
    table = rng.dirichlet(np.ones(3), 200) + 0.5 * np.eye(3)[labels]
    content = entry(
        labels=labels, probabilities=table / table.sum(axis=1, keepdims=True), classes=["a", "b", "c"],
        task="multiclass", positive=None, clusters=None,
    )  # fmt: skip
    (audit,) = found(content, "events")
    assert audit["numbers"]["counts"] == {"b": 60, "c": 20}
    widths = {m["class"]: m["ci_high"] - m["ci_low"] for m in content["metrics"] if m["name"] == "auc"}
    assert audit["numbers"]["class"] == max(widths, key=widths.__getitem__)
    assert found(content, "clusters.unknown")


@pytest.mark.parametrize(("n_sick", "n_well", "speaks"), [(30, 270, True), (270, 30, True), (60, 240, False)])
def test_imbalance_gives_what_is_to_be_read_beside_accuracy(n_sick, n_well, speaks):
    content = entry(n_sick, n_well)
    audits = found(content, "imbalance")
    assert bool(audits) is speaks
    if speaks:
        assert set(audits[0]["numbers"]) == {"prevalence", "balanced_accuracy", "average_precision", "mcc"}
        assert {"average_precision", "balanced_accuracy", "mcc"} <= {m["name"] for m in content["metrics"]}


def test_a_threshold_chosen_on_test_is_an_error():
    point = {"name": "best", "threshold": 0.4, "origin": "chosen_on_test"}
    (audit,) = found(entry(operating_points=[point]), "threshold.test")
    assert audit["severity"] == "error"
    assert audit["numbers"] == {"operating_point": "best", "class": None, "threshold": 0.4}


def test_a_prevalence_of_use_outside_the_interval_is_told():
    (audit,) = found(entry(prevalences=[0.02]), "prev.shift")
    assert audit["numbers"]["stated"] == 0.02
    assert audit["numbers"]["ci_low"] < 0.5 < audit["numbers"]["ci_high"]
    assert "2.00% where the reader is to be used" in audit["sentence"]
    assert found(entry(prevalences=[0.5]), "prev.shift") == []


def test_looks_are_information_once_and_a_warning_after():
    assert [audit.severity for audit in reused(1)] == ["info"]
    (audit,) = reused(3, ["a bug", "three seeds"])
    assert audit.severity == "warning"
    assert "looked at 3 times" in audit.sentence
    assert "a bug; three seeds" in audit.sentence
    assert "No reason was given" in reused(2)[0].sentence
    with pytest.raises(UsageError):
        reused(0)


def test_cases_outside_the_envelope_are_counted_with_both_figures():
    labels, table = scores(60, 60)
    outside = np.zeros(120, dtype=bool)
    outside[:5] = True
    both = auc(labels, table[:, 1]), auc(labels[~outside], table[~outside, 1])
    (audit,) = outside_envelope(outside, everyone=both[0], inside=both[1])
    assert audit.numbers["n_outside"] == 5
    assert f"AUC {both[0].value:.3f} with them, {both[1].value:.3f} without" in audit.sentence
    assert outside_envelope(~np.ones(120, dtype=bool), everyone=both[0], inside=both[1]) == []
    with pytest.raises(UsageError):
        outside_envelope(np.zeros(3), everyone=both[0], inside=both[1])


def test_an_unknown_rule_is_refused():
    with pytest.raises(UsageError, match=r"no audit is called 'x'; there are .*threshold\.test"):
        Audit("x", "warning", "words")


def test_put_audits_replaces_its_own_and_keeps_other_warnings():
    content = {"warnings": ["from elsewhere"]}
    put_audits(content, [Audit("events", "warning", "few"), *reused(2, ["why"])])
    assert content["warnings"][0] == "from elsewhere"
    put_audits(content, reused(1))
    assert [audit["id"] for audit in content["audits"]] == ["test.reuse", "events"]
    assert content["warnings"] == ["from elsewhere", "few"]  # information is no warning


def test_the_schema_knows_every_rule():
    from thirdeye.evaluation.document import evaluation_schema

    assert evaluation_schema()["$defs"]["audit"]["properties"]["id"]["enum"] == list(IDS)


def test_without_metrics_only_counts_are_told():
    from thirdeye.evaluation.case_set import read_case_set

    labels, table = scores(10, 200)
    cases = read_case_set(
        labels=labels, probabilities=table, classes=["well", "sick"], task="binary", positive="sick",
        clusters=None,
    )  # fmt: skip
    (audit,) = few_events(cases)
    assert "half_width" not in audit.numbers
