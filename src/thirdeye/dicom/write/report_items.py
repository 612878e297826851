"""Content items that the groups of a structured report are made of (TID 1501, TID 1410)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from thirdeye.dicom.write.concepts import COMMENT, PERCENT, class_code, concept, own_code
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.words import safe_text

FEATURE = "Structured reports"


@dataclass(frozen=True)
class Scene:
    """What all groups of one report speak of.

    Args:
        header: cleaned, of the first source image.
        maker: of the opinion.
        segmentation: a segmentation object of the masks, where there is one.
        frame: of a multi-frame image, from 1; None of an image of one frame.
        classes: name of a class to the class; of one that is not in it both are alike.
    """

    header: Any
    maker: Maker
    segmentation: Any | None = None
    frame: int | None = None
    classes: Mapping[str, str] = field(default_factory=dict)

    def finding(self, name: str) -> Any:
        """The concept of a class by its name."""
        return concept(class_code(name, key=self.classes.get(name, "")))


def group_of(
    scene: Scene,
    title: str,
    *,
    finding: str | None = None,
    values: Sequence[Any] = (),
    evaluation: str | None = None,
    by_machine: bool = True,
) -> Any:
    """A measurement group without a place in the image."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracked(title),
        finding_type=scene.finding(finding) if finding else None,
        algorithm_id=algorithm_of(scene.maker) if by_machine else None,
        measurements=list(values) or None,
        qualitative_evaluations=_evaluation(evaluation) if evaluation else None,
        source_images=[source_item(scene, sr.SourceImageForMeasurementGroup)],
    )


def _evaluation(said: str) -> list[Any]:
    sr = from_pacs("highdicom.sr", FEATURE)
    return [sr.QualitativeEvaluation(concept(own_code("What was decided")), concept(own_code(said)))]


def algorithm_of(maker: Maker) -> Any:
    """Name, version and hash of the model."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.AlgorithmIdentification(
        name=maker.model,
        version=maker.software,
        manufacturer="Third Eye",
        parameters=[f"sha256 of the network: {maker.sha256}"],
    )


def tracked(title: str) -> Any:
    """What a group is called, and its UID."""
    sr = from_pacs("highdicom.sr", FEATURE)
    uid = from_pacs("highdicom", FEATURE).UID()
    return sr.TrackingIdentifier(uid=uid, identifier=safe_text(title, longest=200) or "unnamed")


def source_item(scene: Scene, kind: Any) -> Any:
    """A reference to the source image, as an item of the class `kind`."""
    return kind(
        referenced_sop_class_uid=str(scene.header.SOPClassUID),
        referenced_sop_instance_uid=str(scene.header.SOPInstanceUID),
        referenced_frame_numbers=[scene.frame] if scene.frame is not None else None,
    )


def percent(code: tuple[str, str, str], share: float) -> Any:
    """A share of 0..1 as a measurement in per cent."""
    return measured(code, round(100 * float(share), 4), PERCENT)


def measured(code: tuple[str, str, str], value: float, unit: tuple[str, str, str]) -> Any:
    """A measurement of (value, scheme, meaning) codes."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.Measurement(name=concept(code), value=value, unit=concept(unit))


def planar(scene: Scene, title: str, name: str, kind: str, points: Any, values: Sequence[Any]) -> Any:
    """A measurement group with an outline: `points` (x, y) in pixels from the upper left corner."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracked(title),
        referenced_region=sr.ImageRegion(
            graphic_type=kind,
            graphic_data=np.asarray(points, np.float64),
            source_image=source_item(scene, sr.SourceImageForRegion),
        ),
        finding_type=scene.finding(name),
        algorithm_id=algorithm_of(scene.maker),
        measurements=list(values) or None,
    )


def comment(sentence: str) -> Any:
    """A sentence as a content item."""
    sr = from_pacs("highdicom.sr", FEATURE)
    return sr.TextContentItem(
        name=concept(COMMENT), value=safe_text(sentence) or "-", relationship_type="CONTAINS"
    )
