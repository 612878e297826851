"""Masks of a reader as a Segmentation object (PS3.3 A.51), binary or fractional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.dicom.multiframe import frame_planes
from thirdeye.dicom.planes import Plane, plane_of
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.write.concepts import MORPHOLOGIC, class_code, concept
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.dicom.write.object import DESCRIPTION, Maker, finish
from thirdeye.dicom.write.source import headers_of
from thirdeye.dicom.write.words import LONG, safe_value
from thirdeye.errors import DataRefused

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


@dataclass(frozen=True)
class Mask:
    """One structure, as a reader marked it.

    Args:
        name: of the structure.
        values: (H, W), or (N, H, W) for N slices or frames in the order of the source; bool or whole numbers
            (marked where not 0), or float probabilities 0 to 1.
    """

    name: str
    values: NDArray[Any]

    @property
    def is_fractional(self) -> bool:
        """Whether it holds probabilities."""
        return bool(np.issubdtype(self.values.dtype, np.floating))


def masks_of_labels(labels: NDArray[np.uint8], names: Sequence[str]) -> tuple[Mask, ...]:
    """Masks of a label map of one image.

    Args:
        labels: (H, W); 0 background, then the structures by number.
        names: of the structures, from number 1.
    """
    return tuple(Mask(name, labels == number) for number, name in enumerate(names, 1))


def masks_of_volume(
    labels: NDArray[np.uint8], affine: NDArray[np.float64], names: Sequence[str], source: Any
) -> tuple[Mask, ...]:
    """Masks of a label map of a volume, slice by slice as the source's files lie.

    Args:
        labels: (I, J, K); 0 background, then the structures by number.
        affine: (4, 4) RAS+, of the volume (`thirdeye.case.geometry.Geometry`).
        names: of the structures, from number 1.
        source: the slices of the series, in any order, or one multi-frame image.

    Raises:
        DataRefused: a slice has no place, or lies beside the volume.
    """
    back = np.linalg.inv(affine).astype(np.float64)
    chosen = [_slice_number(back, plane, labels.shape[2]) for plane in _planes(headers_of(source))]
    slices = np.stack([labels[:, :, number].T for number in chosen])
    return tuple(Mask(name, slices == number) for number, name in enumerate(names, 1))


def _planes(headers: Sequence[Any]) -> Sequence[Plane | None]:
    """Where each slice lies, or each frame of the one file."""
    if len(headers) == 1 and int(headers[0].get("NumberOfFrames") or 1) > 1:
        return frame_planes(headers[0]) or (None,)
    return [plane_of(header) for header in headers]


def _slice_number(back: NDArray[np.float64], plane: Plane | None, count: int) -> int:
    if plane is None:
        raise DataRefused("a slice of the source has no place in space; its mask cannot be filed")
    x, y, z = plane.position
    number = round(float((back @ np.array([-x, -y, z, 1.0]))[2]))
    if not 0 <= number < count:
        raise DataRefused("a slice of the source lies outside the volume that was marked")
    return number


def segmentation(
    source: Any,
    masks: Sequence[Mask],
    maker: Maker,
    *,
    classes: Mapping[str, str] = MappingProxyType({}),
    series_number: int = 9001,
    now: datetime | None = None,
) -> Any:
    """One object with a segment for each mask.

    Args:
        source: the image, multi-frame image or slices that were marked.
        masks: all binary or all fractional, each of the size of the source.
        maker: what made them.
        classes: name of a class to the class, whose code stays when its name changes.
        series_number: of its new series.
        now: time of writing.

    Raises:
        DataRefused: the masks do not fit the source or each other, or are probabilities outside 0 to 1.
        MissingExtra: without highdicom.
    """
    seg = from_pacs("highdicom.seg", "Masks as a DICOM segmentation")
    uid = from_pacs("highdicom", "Masks as a DICOM segmentation").UID
    headers = headers_of(source)
    pixels, fractional = _pixels(masks, headers)
    with quiet_decoders():
        made = seg.Segmentation(
            source_images=headers,
            pixel_array=pixels,
            segmentation_type="FRACTIONAL" if fractional else "BINARY",
            fractional_type="PROBABILITY",
            max_fractional_value=255,
            segment_descriptions=[
                _description(seg, number, mask, maker, classes.get(mask.name, ""))
                for number, mask in enumerate(masks, 1)
            ],
            series_instance_uid=uid(),
            series_number=series_number,
            sop_instance_uid=uid(),
            instance_number=1,
            manufacturer="Third Eye",
            manufacturer_model_name=maker.model,
            software_versions=maker.software,
            device_serial_number=maker.sha256,
            content_label="SECOND_OPINION",
            content_description="Second opinion, research use only",
            omit_empty_frames=bool(pixels.any()),
        )
    finish(made, headers[0], maker, description=DESCRIPTION, now=now)
    _completed(made)
    made.ImageComments = RESEARCH_USE
    return made


def _completed(made: Any) -> None:
    """Put right what the standard asks for where frames have no place in the patient (types 2C and 1C).

    A spacing without a thickness is left out there, since nobody knows the thickness of a projection.
    """
    shared = made.SharedFunctionalGroupsSequence[0]
    per_frame = made.PerFrameFunctionalGroupsSequence[0]
    if "PlaneOrientationSequence" in shared or "PlaneOrientationSequence" in per_frame:
        return
    made.PatientOrientation = ""
    measures = shared.get("PixelMeasuresSequence")
    if measures and "SliceThickness" not in measures[0]:
        del shared.PixelMeasuresSequence


def _pixels(masks: Sequence[Mask], headers: Sequence[Any]) -> tuple[NDArray[Any], bool]:
    """(N, H, W, segments), and whether the values are fractions."""
    if not masks:
        raise DataRefused("a segmentation needs a mask; none was given")
    if len({mask.is_fractional for mask in masks}) > 1:
        raise DataRefused("masks of one object are all binary or all probabilities; make two objects")
    first = headers[0]
    frames = int(first.get("NumberOfFrames") or 1) if len(headers) == 1 else len(headers)
    wanted = (frames, int(first.Rows), int(first.Columns))
    layers = [mask.values[None] if mask.values.ndim == 2 else mask.values for mask in masks]
    for mask, layer in zip(masks, layers, strict=True):
        if layer.shape != wanted:
            raise DataRefused(
                f"the mask '{safe_value(mask.name)}' has the shape {layer.shape}, its source {wanted} "
                "(frames, rows, columns); give masks on the grid of the source"
            )
    fractional = masks[0].is_fractional
    stacked = np.stack(layers, axis=-1)
    if not fractional:
        return (stacked != 0).astype(np.uint8), False
    if not (np.isfinite(stacked).all() and stacked.min() >= 0 and stacked.max() <= 1):
        raise DataRefused("a mask of probabilities holds values outside 0 to 1")
    return stacked.astype(np.float32), True


def _description(seg: Any, number: int, mask: Mask, maker: Maker, key: str) -> Any:
    hd = from_pacs("highdicom", "Masks as a DICOM segmentation")
    name = safe_value(mask.name, longest=LONG) or f"structure {number}"
    return seg.SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=concept(MORPHOLOGIC),
        segmented_property_type=concept(class_code(name, key=key)),
        algorithm_type="AUTOMATIC",
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=maker.model,
            version=maker.software,
            family=concept(("123109", "DCM", "Artificial Intelligence")),
        ),
        tracking_uid=hd.UID(),
        tracking_id=f"{name[:50]} {number}",
    )
