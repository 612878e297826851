from __future__ import annotations

import copy

from thirdeye.report import sets
from thirdeye.report.document import Figure, Fold, Notice, Paragraph, Table
from thirdeye.report.evidence import read_evidence
from thirdeye.report.sections.results import results_section
from thirdeye.report.sections.usefulness import usefulness_section
from thirdeye.report.sets import EvidenceSet


def of_study(make_study, kind="binary"):
    evidence = read_evidence(make_study(kind))
    return evidence, sets.test_set(evidence)


def changed(part, **blocks):
    return EvidenceSet(part.name, {**part.content, **blocks}, part.unit, part.cluster)


def test_decision_curve_and_predictive_values(make_study) -> None:
    evidence, part = of_study(make_study)
    section = usefulness_section(evidence, part)
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    assert [figure.title for figure in figures] == ["Decision curve", "Predictive values"]
    assert "Balanced point" in figures[0].alt
    assert "that of this set" in figures[0].caption
    (fold,) = (block for block in section.blocks if isinstance(block, Fold))
    tables = [block for block in fold.blocks if isinstance(block, Table)]
    assert [table.caption for table in tables] == [
        "Positive predictive value at other prevalences", "Negative predictive value at other prevalences",
    ]  # fmt: skip
    assert [cells[0].text for cells in tables[0].rows] == ["1%", "2%", "5%", "10%", "20%", "50%"]
    assert all(len(cells) == len(tables[0].columns) for cells in tables[0].rows)


def test_the_sentence_follows_the_evidence(make_study) -> None:
    evidence, part = of_study(make_study)
    sentences = []
    for sure, seen in (([[0.05, 0.6]], [[0.05, 0.6]]), ([], [[0.1, 0.2]]), ([], [])):
        block = copy.deepcopy(part.content["decision_curve"])
        block["curves"][0] |= {"useful_beyond_chance": sure, "useful": seen}
        section = usefulness_section(evidence, changed(part, decision_curve=block, predictive_values={}))
        sentences.append(next(b.text for b in section.blocks if isinstance(b, Paragraph)))
    assert "at a risk of 5% to 60% gains" in sentences[0]
    assert "but not by more than chance" in sentences[1]
    assert sentences[2].startswith("At no threshold probability")


def test_a_stated_prevalence_rules_the_page(make_study) -> None:
    evidence, part = of_study(make_study)
    block = copy.deepcopy(part.content["predictive_values"]) | {"stated": [0.05], "headline": "stated"}
    stated = changed(part, predictive_values=block)
    section = usefulness_section(evidence, stated)
    (notice,) = (one for one in section.blocks if isinstance(one, Notice))
    assert "at a prevalence of 5.0%" in notice.title
    results = results_section(evidence, stated)
    table = next(one for one in results.blocks if isinstance(one, Table))
    assert (table.rows[0][0].text, table.rows[0][0].note) == ("Of 100 cases", "at a prevalence of 5.0%")
    said = table.rows[0][1].text.replace("none", "0")
    found, missed = (int(part.split()[0]) for part in said.split(", "))
    assert found + missed == 5


def test_nothing_recorded_is_no_section(make_study) -> None:
    evidence, _ = of_study(make_study)
    assert usefulness_section(evidence, EvidenceSet("test", {"metrics": []}, "image")) is None
