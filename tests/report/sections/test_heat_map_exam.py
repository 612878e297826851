from __future__ import annotations

import json
from importlib.resources import files
from types import SimpleNamespace

import jsonschema
import pytest

from thirdeye.case.study import Study
from thirdeye.explanation.exam.verdicts import summed_up
from thirdeye.report.document import Cell, Figure, Table
from thirdeye.report.sections.heat_map_exam import heat_map_section

MEASURED = ("pointing_game_above_chance", "energy_inside_above_chance")


def metric(value: float) -> dict:
    return {
        "value": value,
        "ci_low": value - 0.1,
        "ci_high": value + 0.1,
        "details": {"by_chance": 0.2},
        "reason": None,
    }


def method(title: str, *, passed: bool | None, passes: int = 1, needs_torch: bool = False) -> dict:
    about = {"title": title, "source": "s 2000", "sign": "", "needs_torch": needs_torch, "passes": passes}
    if passed is None:
        return {**about, "passed": None, "failed": [], "verdict": "Not examined"}
    likeness = {
        name: {"passed": True, "retained": 0.1, "between_images": 0.2}
        for name in ("ssim", "spearman_absolute")
    }  # as earlier versions wrote it
    return {
        **about, "passed": passed, "failed": [] if passed else ["order"], "verdict": "v", "n_images": 12,
        "weights": {"passed": True, "measures": likeness}, "labels": {"passed": True, "measures": likeness},
        "order": {"passed": passed, "inverted": False, "gains": {"order": metric(0.4 if passed else -0.3)},
                  "by_image": [0.1, 0.2]},
        "localisation": {"above_chance": True, "below_chance": False, "by_image": [0.1, 0.3], "measures": {
            name: metric(0.5) for name in ("pointing_game", *MEASURED)
        }},
        "agreement": {"between_members": {"spearman_absolute": 0.61}, "between_images": {}},
    }  # fmt: skip


@pytest.fixture
def sanity() -> dict:
    return summed_up(
        {
            "cam": method("class activation map", passed=False),
            "occlusion": method("occlusion", passed=True, passes=50),
            "rise": method("RISE", passed=None, passes=96),
        }
    )


def test_the_file_follows_its_schema(sanity: dict) -> None:

    schema = json.loads(
        (files("thirdeye.explanation") / "schema" / "sanity.json").read_text(encoding="utf-8")
    )
    jsonschema.validate(sanity, schema)
    jsonschema.validate(
        {"method": "cam", "passed": True, "verdict": "", "statistics": {}}, schema
    )  # version 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**sanity, "methods": {"cam": {"title": "t"}}}, schema)


def test_the_section(sanity: dict, tmp_path) -> None:
    section = heat_map_section(SimpleNamespace(sanity=sanity, study=Study(tmp_path)))
    assert "drawn by occlusion" in section.blocks[0].text
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    verdicts = [row[-1].text for row in table.rows]
    assert verdicts == ["hidden", "shown", "not examined"]
    assert Cell("not passed", "bad", "gain -0.30 (-0.40 to -0.20)") in table.rows[0] or "−0.30" in str(
        table.rows[0]
    )
    assert len([block for block in section.blocks if isinstance(block, Figure)]) == 2


def test_studies_of_earlier_versions_have_none(tmp_path) -> None:
    old = {"method": "cam", "passed": True, "verdict": "", "statistics": {}}
    assert heat_map_section(SimpleNamespace(sanity=old, study=Study(tmp_path))) is None
