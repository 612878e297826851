"""The hardest missed lesions and the most certain false alarms of the test part, drawn into the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.box_evidence import main_point
from thirdeye.evaluation.box_set import BoxSet
from thirdeye.evaluation.threshold import read_thresholds
from thirdeye.explanation.overlay import display
from thirdeye.intake.pixels import load_image
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.report.located.box_picture import Mark, boxed

FOLDER = "explanation/boxes"
INTENSITY = {"range": "full_range", "image": "percentile"}  # of a plan, as pictures are made
MOST = 8  # of a kind
MISSED, FALSE_ALARM = "missed", "false alarm"


def draw_examples(
    study: Study,
    dataset: Dataset,
    boxes: BoxSet,
    entry: Mapping[str, Any],
    plan: DetectionPlan,
    *,
    folder: str = FOLDER,
) -> list[dict[str, Any]]:
    """Draw them; the entries of ``drawn`` in evaluation.json.

    Missed are, at the main operating point, the largest lesions that no mark came near, then those whose mark
    was the least certain; false alarms come from the highest score down. One of a kind and image comes first.

    Args:
        study: written to.
        dataset: where the images lie.
        boxes: the test part.
        entry: its evidence.
        plan: classes and intensity.
        folder: of the study, where the pictures go.
    """
    point = main_point(read_thresholds(entry["operating_points"], classes=plan.classes))
    threshold = None if point is None else point.threshold
    chosen = [(MISSED, row) for row in _missed(entry["lesions"], threshold)]
    chosen += [(FALSE_ALARM, row) for row in _spread(entry["false_alarms"])[:MOST]]
    return [
        _drawn(study, dataset, boxes, plan, f"{folder}/{number:02d}", kind, row, threshold)
        for number, (kind, row) in enumerate(chosen, 1)
    ]


def _missed(lesions: Sequence[Mapping[str, Any]], threshold: float | None) -> list[Mapping[str, Any]]:
    missed = [
        row for row in lesions if row["score"] is None or (threshold is not None and row["score"] < threshold)
    ]
    ranked = sorted(missed, key=lambda row: (row["score"] is not None, row["score"] or 0, -row["size_px"]))
    return _spread(ranked)[:MOST]


def _spread(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first of each class and image before the second, each group in its order."""
    seen: dict[tuple[str, str], int] = {}
    turns = []
    for row in rows:
        key = row["class"], row["case"]
        seen[key] = seen.get(key, 0) + 1
        turns.append(seen[key])
    return [row for _, row in sorted(zip(turns, rows, strict=True), key=lambda pair: pair[0])]


def _drawn(
    study: Study, dataset: Dataset, boxes: BoxSet, plan: DetectionPlan, stem: str, kind: str,
    row: Mapping[str, Any], threshold: float | None,
) -> dict[str, Any]:  # fmt: skip
    image = load_image(dataset.root, row["case"])
    picture = display(image, intensity=INTENSITY[plan.intensity], largest_side=max(image.height, image.width))
    place = boxes.matches.cases.index(row["case"])
    focus = _edges(row["box"])
    marks = [Mark(_edges(box)) for box in boxes.matches.lesion_box[boxes.matches.lesion_case == place]]
    mine = boxes.matches.case == place
    for box, score in zip(boxes.matches.box[mine], boxes.matches.score[mine], strict=True):
        asked = _edges(box) == focus and score == row["score"]  # one box may carry scores of several classes
        if (threshold is None or score >= threshold) or asked:
            marks.append(Mark(_edges(box), float(score)))
    target = f"{stem}_{kind.replace(' ', '_')}.png"
    with study.writing(target) as path:
        path.write_bytes(boxed(picture, marks, focus=focus))
    told = {key: row[key] for key in ("case", "class", "box", "score")}
    return {
        "picture": target,
        "kind": kind,
        **told,
        "mistake": row.get("kind"),
        "size_px": row.get("size_px"),
    }


def _edges(box: Any) -> tuple[float, float, float, float]:
    x_min, y_min, x_max, y_max = map(float, box)
    return x_min, y_min, x_max, y_max
