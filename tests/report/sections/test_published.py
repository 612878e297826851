from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.report.document import Facts, Notice
from thirdeye.report.evidence import Evidence, read_evidence
from thirdeye.report.publication.model_card import model_card
from thirdeye.report.sections.cite import cite_section
from thirdeye.report.sections.method import method_section
from thirdeye.report.sections.published import made_up_notice, published_section

TOLD = {
    "id": "toy1999",
    "title": "A toy",
    "question": "Toy or none?",
    "claimed": {"text": "AUC 0.99", "known": "from memory: look it up before you cite it"},
    "sources": ["Toy and others 1999"],
    "specification": "from the paper",
    "lighter": True,
    "flaws": ["the split came after the augmentation"],
    "fixture": "",
    "small": [],
}
VALUES = {
    "epochs": ("recipe", "toy1999: 120 passes (from memory: look it up before you cite it)"),
    "folds": ("recipe", "toy1999: two instead of five (chosen here)"),
    "patience": ("user", "set by hand"),
    "seed": ("rule", "the seed of the run"),
}


def evidence(folder: Path, **told: Any) -> Evidence:
    values = {name: {"value": 1, "chosen_by": by, "reason": why} for name, (by, why) in VALUES.items()}
    Study(folder).write_json("plan.json", {"version": 1, "values": values})
    Study(folder).write_json("published.json", {**TOLD, **told})
    return read_evidence(folder)


def test_the_system_is_named_with_what_was_claimed_and_how_that_is_known(tmp_path: Path) -> None:
    section = published_section(evidence(tmp_path))
    assert section is not None
    facts = next(one for one in section.blocks if isinstance(one, Facts))
    said = dict(facts.pairs)
    assert said["What was claimed"] == "AUC 0.99 (from memory: look it up before you cite it)"
    assert said["Flaw reproduced"] == "the split came after the augmentation"
    assert said["Values of the plan"] == (
        "1 as published (1 of them from memory); 1 not from the publication; 1 chosen by the user; "
        "1 by the rules, from the data"
    )
    assert not any(isinstance(one, Notice) for one in section.blocks)


def test_a_fixture_says_first_that_it_was_made_up(tmp_path: Path) -> None:
    found = evidence(tmp_path, fixture="12 drawn <films>", small=["patience"])
    notice = made_up_notice(found)
    assert notice is not None
    assert "12 drawn <films>" in notice.text
    said = str(published_section(found))
    assert "1 chosen for the fixture, to be quick" in said
    assert "chosen by the user" not in said


def test_the_plan_says_of_each_value_whether_it_was_published(tmp_path: Path) -> None:
    said = str(method_section(evidence(tmp_path)))
    assert "As published. toy1999: 120 passes" in said
    assert "Not from the publication. toy1999: two instead of five (chosen here)" in said
    assert "by what was published, by rules" in said


def test_the_original_is_cited(tmp_path: Path) -> None:
    assert "Toy and others 1999" in str(cite_section(evidence(tmp_path)))


def test_a_study_of_its_own_says_nothing_of_it(tmp_path: Path) -> None:
    found = read_evidence(tmp_path)
    assert published_section(found) is None
    assert made_up_notice(found) is None
    assert "published.json" not in found.missing
    assert "published system" not in str(cite_section(found))


def test_values_of_the_fixture_are_nobody_s_choice(tmp_path: Path) -> None:
    said = str(method_section(evidence(tmp_path, fixture="12 drawn films", small=["patience"])))
    assert "Chosen for the fixture, to be quick." in said
    assert "set by hand" not in said


def test_the_model_card_says_that_the_data_were_made_up(tmp_path: Path) -> None:
    found = evidence(tmp_path, fixture="12 drawn films")
    assert "> These data were made up." in model_card(found, {})
    assert "made up" not in model_card(evidence(tmp_path), {})


def test_operating_points_of_several_labels_are_told_apart(tmp_path: Path) -> None:
    points = [{"name": "youden", "class": name, "threshold": 0.4} for name in ("oedema", "referable")]
    Study(tmp_path).write_json("model/model.json", {"architecture": "toy", "operating_points": points})
    said = str(method_section(evidence(tmp_path)))
    assert "Balanced point, oedema" in said
    assert "Balanced point, referable" in said
