"""A reference from a structured report to the segment of a structure, built by hand."""

from __future__ import annotations

from typing import Any

from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.report_items import FEATURE, Scene, source_item
from thirdeye.dicom.write.words import safe_value


def segment_of(scene: Scene, structure: str, *, volume: bool) -> Any | None:
    """A reference to the segment of a structure, built by hand; None where it has none or is empty."""
    sr = from_pacs("highdicom.sr", FEATURE)
    seen = scene.segmentation
    held = {} if seen is None else {str(o.SegmentLabel): int(o.SegmentNumber) for o in seen.SegmentSequence}
    number = held.get(safe_value(structure))
    frames = _frames_of(seen, number)
    if seen is None or number is None or not frames:
        return None
    of_frame = {"frame_number": frames[0], "source_image": source_item(scene, sr.SourceImageForSegmentation)}
    of_all = {"source_images": [source_item(scene, sr.SourceImageForSegmentation)]}
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
