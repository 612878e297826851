import json
from pathlib import Path


def test_the_traditional_technique_says_what_it_is(toy_study: Path) -> None:
    told = json.loads((toy_study / "evaluation.json").read_text())["traditional"]
    assert "the measurements as they are (3 numbers)" in told["description"]
    assert [one["source"] for one in told["techniques"]] == ["without", "clinical"]


def test_a_part_of_the_system_is_compared_on_the_same_cases(toy_study: Path) -> None:
    evidence = json.loads((toy_study / "evaluation.json").read_text())
    part = next(one for one in evidence["sets"]["test"]["comparisons"] if one["kind"] == "part")
    assert part["n"] == evidence["sets"]["test"]["n"]
    assert part["second"] == "model without the second number"
    assert part["measures"][0]["difference"]["value"] > 0  # half of what tells is left out
