"""Measurement groups of a structured report (TID 1501, TID 1410): what was found, and how certain it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.case.marks import Box, Landmark
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.dicom.write.concepts import (
    CERTAINTY_OF_FINDING,
    COMMENT,
    PERCENT,
    class_code,
    concept,
    measure_code,
    own_code,
    probability_code,
    unit_code,
)
from thirdeye.dicom.write.decision import SAID, Decision
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.words import safe_text, safe_value

FEATURE = "Structured reports"
MOST_MARKS = 500


@dataclass(frozen=True)
class Scene:
    """What all groups of one report speak of.

    Args:
        header: cleaned, of the first source image.
        maker: of the opinion.
        segmentation: a segmentation object of the masks, where there is one.
        frame: of a multi-frame image, from 1; None of an image of one frame.
    """

    header: Any
    maker: Maker
    segmentation: Any | None = None
    frame: int | None = None


def machine_groups(opinion: Opinion, scene: Scene) -> list[Any]:
    """What the machine said, a group for each class and each mark; an abstention has no number."""
    if opinion.abstained is not None:
        return [_commented(_group(scene, "No opinion", evaluation="Abstained"), [opinion.abstained])]
    classes = [
        _group(
            scene,
            f"Second opinion: {name}",
            finding=name,
            values=[_percent(probability_code(name), value)],
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
    last = _group(scene, "Final decision", evaluation=SAID[decision.choice], by_machine=False)
    answer = [f"Final decision of the reader: {decision.answer}"] if decision.answer else []
    reason = [f"Reason: {decision.reason}"] if decision.reason else []
    return [*made, _observed(_commented(last, [*answer, *reason]), decision)]


def _by_person(scene: Scene, title: str, name: str, value: float) -> Any:
    values = [_percent(probability_code(name), value)]
    return _group(scene, title, finding=name, values=values, by_machine=False)


def _group(
    scene: Scene,
    title: str,
    *,
    finding: str | None = None,
    values: Sequence[Any] = (),
    evaluation: str | None = None,
    by_machine: bool = True,
) -> Any:
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracked(title),
        finding_type=concept(class_code(finding)) if finding else None,
        algorithm_id=_algorithm(scene.maker) if by_machine else None,
        measurements=list(values) or None,
        qualitative_evaluations=_evaluation(evaluation) if evaluation else None,
        source_images=[_source(scene, sr.SourceImageForMeasurementGroup)],
    )


def _evaluation(said: str) -> list[Any]:
    sr = from_pacs("highdicom.sr", FEATURE)
    return [sr.QualitativeEvaluation(concept(own_code("What was decided")), concept(own_code(said)))]


def _algorithm(maker: Maker) -> Any:
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.AlgorithmIdentification(
        name=maker.model,
        version=maker.software,
        manufacturer="Third Eye",
        parameters=[f"sha256 of the network: {maker.sha256}"],
    )


def _tracked(title: str) -> Any:
    sr = from_pacs("highdicom.sr", FEATURE)
    uid = from_pacs("highdicom", FEATURE).UID()
    return sr.TrackingIdentifier(uid=uid, identifier=safe_text(title, longest=200) or "unnamed")


def _source(scene: Scene, kind: Any) -> Any:
    return kind(
        referenced_sop_class_uid=str(scene.header.SOPClassUID),
        referenced_sop_instance_uid=str(scene.header.SOPInstanceUID),
        referenced_frame_numbers=[scene.frame] if scene.frame is not None else None,
    )


def _percent(code: tuple[str, str, str], share: float) -> Any:
    return _measured(code, round(100 * float(share), 4), PERCENT)


def _measured(code: tuple[str, str, str], value: float, unit: tuple[str, str, str]) -> Any:
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.Measurement(name=concept(code), value=value, unit=concept(unit))


def _planar(scene: Scene, title: str, name: str, kind: str, points: Any, values: Sequence[Any]) -> Any:
    import numpy as np

    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracked(title),
        referenced_region=sr.ImageRegion(
            graphic_type=kind,
            graphic_data=np.asarray(points, np.float64),
            source_image=_source(scene, sr.SourceImageForRegion),
        ),
        finding_type=concept(class_code(name)),
        algorithm_id=_algorithm(scene.maker),
        measurements=list(values) or None,
    )


def _box(scene: Scene, number: int, box: Box) -> Any:
    corners = [
        (box.x_min, box.y_min), (box.x_max, box.y_min), (box.x_max, box.y_max), (box.x_min, box.y_max),
        (box.x_min, box.y_min),
    ]  # fmt: skip
    values = [_percent(CERTAINTY_OF_FINDING, box.score)]
    return _planar(scene, f"Found {number}: {box.name}", box.name, "POLYLINE", corners, values)


def _landmark(scene: Scene, point: Landmark) -> Any:
    values = [_percent(CERTAINTY_OF_FINDING, point.certainty)]
    at = [(point.x, point.y)]
    return _planar(scene, f"Landmark: {point.name}", point.name, "POINT", at, values)


def _region(scene: Scene, region: Region) -> Any:
    volume = region.size_unit == "ml"
    values = [
        _measured(measure_code("volume" if volume else "area"), region.size, unit_code(region.size_unit)),
        _measured(measure_code("diameter"), region.diameter, unit_code(region.length_unit)),
    ]
    segment = None if scene.segmentation is None else _segment(scene, region.structure, volume=volume)
    title = f"Marked: {region.structure}"
    if segment is None:
        return _group(scene, title, finding=region.structure, values=values)
    sr = from_pacs("highdicom.sr", FEATURE)
    kind = (
        sr.VolumetricROIMeasurementsAndQualitativeEvaluations
        if volume
        else sr.PlanarROIMeasurementsAndQualitativeEvaluations
    )
    return kind(
        tracking_identifier=_tracked(title),
        referenced_segment=segment,
        finding_type=concept(class_code(region.structure)),
        algorithm_id=_algorithm(scene.maker),
        measurements=values,
    )


def _segment(scene: Scene, structure: str, *, volume: bool) -> Any | None:
    """A reference to the segment of a structure, built by hand; None where it has none or is empty."""
    sr = from_pacs("highdicom.sr", FEATURE)
    seen = scene.segmentation
    held = {} if seen is None else {str(o.SegmentLabel): int(o.SegmentNumber) for o in seen.SegmentSequence}
    number = held.get(safe_value(structure))
    frames = _frames_of(seen, number)
    if seen is None or number is None or not frames:
        return None
    of_frame = {"frame_number": frames[0], "source_image": _source(scene, sr.SourceImageForSegmentation)}
    of_all = {"source_images": [_source(scene, sr.SourceImageForSegmentation)]}
    kind = sr.ReferencedSegment if volume else sr.ReferencedSegmentationFrame
    made = kind(
        sop_class_uid=str(seen.SOPClassUID),
        sop_instance_uid=str(seen.SOPInstanceUID),
        segment_number=number,
        **(of_all if volume else of_frame),
    )
    for item in made[
        0
    ].ReferencedSOPSequence:  # a segment is named, so that its frames are not (PS3.3 C.17-3)
        if "ReferencedFrameNumber" in item:
            del item.ReferencedFrameNumber
    return made


def _frames_of(segmentation: Any, number: int | None) -> list[int]:
    """Frames of a segment, from 1."""
    if segmentation is None:
        return []
    frames = segmentation.get("PerFrameFunctionalGroupsSequence") or ()
    shared = segmentation.get("SharedFunctionalGroupsSequence") or ()
    found = []
    for at, frame in enumerate(frames, 1):
        named = frame.get("SegmentIdentificationSequence") or (
            shared[0].get("SegmentIdentificationSequence") if shared else None
        )
        if named and int(named[0].ReferencedSegmentNumber) == number:
            found.append(at)
    return found


def _derived(scene: Scene, opinion: Opinion) -> list[Any]:
    if not opinion.measurements:
        return []
    values = [_measured(own_code(one.name), one.value, unit_code(one.unit)) for one in opinion.measurements]
    return [_group(scene, "Measured from landmarks", values=values)]


def _commented(group: Any, sentences: Sequence[str]) -> Any:
    """The group with comments in it."""
    for sentence in sentences:
        group[0].ContentSequence.append(comment(sentence))
    return group


def comment(sentence: str) -> Any:
    """A sentence as a content item."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.TextContentItem(
        name=concept(COMMENT), value=safe_text(sentence) or "-", relationship_type="CONTAINS"
    )


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
