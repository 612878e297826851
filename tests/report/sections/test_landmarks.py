from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.landmark_comparison import compare_points
from thirdeye.evaluation.landmark_evidence import landmark_evidence
from thirdeye.evaluation.measurement_definitions import read_definitions
from thirdeye.evaluation.measurement_evidence import measured_values, measurement_evidence, values_json
from thirdeye.evaluation.point_case import PointCase
from thirdeye.evaluation.type_evidence import type_evidence, type_hits
from thirdeye.report.document import Figure, FigureRow, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import read_evidence
from thirdeye.report.sections.landmarks import landmarks_section
from thirdeye.report.sections.point_readers import point_rivals_section
from thirdeye.report.sets import EvidenceSet


def content(
    points: int = 4, *, spacing: tuple[float, float] | None = (0.5, 0.5), lose: bool = False
) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    names = [f"point {n}" for n in range(points)]
    cases = []
    for n in range(14):
        reference = rng.uniform(10, 90, (points, 2))
        cases.append(
            PointCase(
                f"i{n}", f"p{n}", reference, reference + rng.normal(0, 2, (points, 2)), (99, 99), spacing
            )
        )
    if lose:
        cases[0].found[1] = np.nan
    types = [{"name": "narrow", "below": 30}, {"name": "wide"}]
    width = {"name": "width", "kind": "distance", "points": names[:2], "types": types}
    wanted = {"measurements": [width | ({} if spacing else {"types_unit": "px"})]}
    definitions = read_definitions(wanted, names, source="m.json")
    values = measured_values(cases, definitions, names)
    entry = landmark_evidence(cases, names=names, patients_known=True, n_resamples=50)
    for row, value in zip(entry["cases"], values, strict=True):
        row["measurements"] = values_json(value)
    entry["measurements"] = measurement_evidence(values, definitions, patients_known=True, n_resamples=50)
    entry["types"] = type_evidence(values, definitions, patients_known=True, n_resamples=50)
    worse = [replace(case, found=case.found + 5) for case in cases]
    entry["comparisons"] = [
        compare_points(
            cases,
            worse,
            names=("network", "mean shape"),
            patients_known=True,
            kind="simple",
            n_resamples=50,
            types=type_hits(values, measured_values(worse, definitions, names), definitions),
        )
    ]
    return entry


def section(tmp_path: Path, entry: dict[str, Any]) -> Section:
    evidence = replace(read_evidence(tmp_path), evaluation={"task": "landmarks", "sets": {"test": entry}})
    found = landmarks_section(evidence, EvidenceSet("test", entry, "image"))
    assert found is not None
    return found


def tables(found: Section) -> list[Table]:
    return [block for block in found.blocks if isinstance(block, Table)]


def test_distances_in_millimetres_lead(tmp_path) -> None:
    entry = content(lose=True)
    found = section(tmp_path, entry)
    mean = next(m for m in entry["metrics"] if m["name"] == "mre_mm" and not m["class"])
    lead = found.blocks[0]
    assert isinstance(lead, Paragraph)
    assert f"{mean['value']:.1f} mm (95% interval {mean['ci_low']:.1f} to {mean['ci_high']:.1f})" in lead.text
    rows = {str(row[0]): row for row in tables(found)[0].rows}
    assert rows["Points that were not found"][1] == "1"
    assert {"Within 2 mm", "Within 2.5 mm", "Within 3 mm", "Within 4 mm"} <= set(rows)
    by_point = next(table for table in tables(found) if table.caption == "Point by point")
    assert [row[0] for row in by_point.rows] == [f"point {n}" for n in range(4)]


def test_many_points_show_the_worst_and_fold_the_rest(tmp_path) -> None:
    found = section(tmp_path, content(20, spacing=None))
    worst = next(table for table in tables(found) if table.caption.startswith("The 10 points"))
    assert len(worst.rows) == 10
    means = [float(row[2].text) for row in worst.rows]
    assert means == sorted(means, reverse=True)
    fold = next(
        block for block in found.blocks if isinstance(block, Fold) and block.title.startswith("Every")
    )
    assert len(fold.blocks[0].rows) == 20
    assert any("longer side of each image" in note for note in tables(found)[0].notes)


def test_agreement_is_told_and_drawn(tmp_path) -> None:
    entry = content()
    found = section(tmp_path, entry)
    said = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    assert any(
        text.startswith("width, measured from the points, differs from the expert's by") for text in said
    )
    figures = [figure for block in found.blocks if isinstance(block, FigureRow) for figure in block.figures]
    agreement = next(figure for figure in figures if figure.name == "agreement_width")
    assert isinstance(agreement, Figure)
    assert "limits of agreement" in agreement.alt
    table = next(t for t in tables(found) if t.caption.startswith("Measured from the network's points"))
    mae = entry["measurements"][0]["metrics"][0]["value"]
    assert table.rows[0][2].text == f"{mae:.1f} mm"


def test_types_are_told_with_what_was_taken_for_what(tmp_path) -> None:
    entry = content(lose=True)
    found = section(tmp_path, entry)
    overall = entry["types"]["metrics"][0]
    said = [block.text for block in found.blocks if isinstance(block, Paragraph)]
    assert any(
        f"{100 * overall['value']:.1f}% of the measurements fall into the type" in text for text in said
    )
    own = entry["types"]["measurements"][0]["metrics"][0]
    naive = "To name the commonest type for everybody"
    assert any(naive in text for text in said) == (own["details"]["commonest"] >= own["value"])
    own["details"]["commonest"] = 1.0
    said = [block.text for block in section(tmp_path, entry).blocks if isinstance(block, Paragraph)]
    assert any(f"{naive}, without looking, is right at least as often for “width”." in text for text in said)
    table = next(t for t in tables(found) if t.caption.startswith("Types from the network's points"))
    assert table.rows[0][:2] == ("width", "narrow, wide")
    assert table.rows[0][2].text == "14"
    fold = next(b for b in found.blocks if isinstance(b, Fold) and b.title == "What was taken for what")
    assert [[cell.text for cell in row[1:]] for row in fold.blocks[0].rows] == [
        [f"{n:,}" for n in row] for row in entry["types"]["measurements"][0]["counts"]
    ]
    assert {cell.tone for row in fold.blocks[0].rows for cell in row[1:]} == {"strong", "plain"}
    assert fold.blocks[0].notes == ("1 could not be measured from the network's points.",)
    plain = {name: value for name, value in entry.items() if name != "types"}
    assert not [b for b in section(tmp_path, plain).blocks if isinstance(b, Fold) and "taken" in b.title]


def test_a_rival_is_compared_by_types_too(tmp_path) -> None:
    entry = content()
    evidence = replace(read_evidence(tmp_path), evaluation={"task": "landmarks", "sets": {"test": entry}})
    table = next(b for b in point_rivals_section(evidence).blocks if isinstance(b, Table))
    row = next(row for row in table.rows if row[0] == "Types as the expert's (more is better)")
    share = entry["types"]["metrics"][0]["value"]
    assert row[1] == f"{100 * share:.1f}%"


def test_simpler_techniques(tmp_path) -> None:
    entry = content()
    evidence = replace(read_evidence(tmp_path), evaluation={"task": "landmarks", "sets": {"test": entry}})
    found = point_rivals_section(evidence)
    notice = found.blocks[0]
    assert isinstance(notice, Notice)
    assert (notice.level, notice.title) == ("note", "The network beats the mean shape")
    none = point_rivals_section(replace(evidence, evaluation={"task": "landmarks", "sets": {}}))
    assert none.blocks[0].title == "No comparison was made"


@pytest.mark.parametrize("task", ["binary", "segmentation"])
def test_other_studies_have_no_such_section(tmp_path, task: str) -> None:
    evidence = replace(read_evidence(tmp_path), evaluation={"task": task})
    assert landmarks_section(evidence, EvidenceSet("test", content(), "image")) is None
