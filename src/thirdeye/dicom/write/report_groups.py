"""Measurement groups of a structured report (TID 1501, TID 1410): what was found, and how certain it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thirdeye.case.marks import Box, Landmark
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.dicom.write.concepts import (
    CERTAINTY_OF_FINDING,
    concept,
    measure_code,
    own_code,
    probability_code,
    unit_code,
)
from thirdeye.dicom.write.decision import SAID, Decision
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.report_items import (
    FEATURE,
    Scene,
    algorithm_of,
    comment,
    group_of,
    measured,
    percent,
    planar,
    tracked,
)
from thirdeye.dicom.write.segment_reference import segment_of
from thirdeye.dicom.write.words import safe_value

MOST_MARKS = 500


def machine_groups(opinion: Opinion, scene: Scene) -> list[Any]:
    """What the machine said, a group for each class and each mark; an abstention has no number."""
    if opinion.abstained is not None:
        return [_commented(group_of(scene, "No opinion", evaluation="Abstained"), [opinion.abstained])]
    classes = [
        group_of(
            scene,
            f"Second opinion: {name}",
            finding=name,
            values=[percent(probability_code(name), value)],
        )
        for name, value in opinion.probabilities.items()
    ]
    return [
        *classes,
        *(_region(scene, one) for one in opinion.regions),
        *(_box(scene, number, one) for number, one in enumerate(opinion.boxes[:MOST_MARKS], 1)),
        *(_landmark(scene, one) for one in opinion.landmarks[:MOST_MARKS]),
        *_derived(scene, opinion),
    ]


def decision_groups(decision: Decision, scene: Scene) -> list[Any]:
    """What the doctor decided: first reading and final word, each with the reader's own probabilities."""
    made = []
    for title, values in (("First reading", decision.first), ("Final decision", decision.final)):
        made += [_by_person(scene, f"{title}: {name}", name, value) for name, value in values.items()]
    last = group_of(scene, "Final decision", evaluation=SAID[decision.choice], by_machine=False)
    answer = [f"Final decision of the reader: {decision.answer}"] if decision.answer else []
    reason = [f"Reason: {decision.reason}"] if decision.reason else []
    return [*made, _observed(_commented(last, [*answer, *reason]), decision)]


def _by_person(scene: Scene, title: str, name: str, value: float) -> Any:
    values = [percent(probability_code(name), value)]
    return group_of(scene, title, finding=name, values=values, by_machine=False)


def _box(scene: Scene, number: int, box: Box) -> Any:
    corners = [
        (box.x_min, box.y_min), (box.x_max, box.y_min), (box.x_max, box.y_max), (box.x_min, box.y_max),
        (box.x_min, box.y_min),
    ]  # fmt: skip
    values = [percent(CERTAINTY_OF_FINDING, box.score)]
    return planar(scene, f"Found {number}: {box.name}", box.name, "POLYLINE", corners, values)


def _landmark(scene: Scene, point: Landmark) -> Any:
    values = [percent(CERTAINTY_OF_FINDING, point.certainty)]
    at = [(point.x, point.y)]
    return planar(scene, f"Landmark: {point.name}", point.name, "POINT", at, values)


def _region(scene: Scene, region: Region) -> Any:
    volume = region.size_unit == "ml"
    values = [
        measured(measure_code("volume" if volume else "area"), region.size, unit_code(region.size_unit)),
        measured(measure_code("diameter"), region.diameter, unit_code(region.length_unit)),
    ]
    segment = None if scene.segmentation is None else segment_of(scene, region.structure, volume=volume)
    title = f"Marked: {region.structure}"
    if segment is None:
        return group_of(scene, title, finding=region.structure, values=values)
    sr = from_pacs("highdicom.sr", FEATURE)
    kind = (
        sr.VolumetricROIMeasurementsAndQualitativeEvaluations
        if volume
        else sr.PlanarROIMeasurementsAndQualitativeEvaluations
    )
    return kind(
        tracking_identifier=tracked(title),
        referenced_segment=segment,
        finding_type=scene.finding(region.structure),
        algorithm_id=algorithm_of(scene.maker),
        measurements=values,
    )


def _derived(scene: Scene, opinion: Opinion) -> list[Any]:
    if not opinion.measurements:
        return []
    values = [measured(own_code(one.name), one.value, unit_code(one.unit)) for one in opinion.measurements]
    types = [f"{one.name}: {one.type}" for one in opinion.measurements if one.type is not None]
    return [_commented(group_of(scene, "Measured from landmarks", values=values), types)]


def _commented(group: Any, sentences: Sequence[str]) -> Any:
    """The group with comments in it."""
    for sentence in sentences:
        group[0].ContentSequence.append(comment(sentence))
    return group


def _observed(group: Any, decision: Decision) -> Any:
    """The group with the person who decided."""
    sr = from_pacs("highdicom.sr", FEATURE)
    group[0].ContentSequence.append(
        sr.PnameContentItem(
            name=concept(("121008", "DCM", "Person Observer Name")),
            value=safe_value(decision.reader) or "Reader",
            relationship_type="HAS OBS CONTEXT",
        )
    )
    return group
