"""Every attribute of a dataset, nested ones included, is kept, replaced or removed."""

from __future__ import annotations

from typing import Any

from thirdeye.dicom.deidentify import values
from thirdeye.dicom.deidentify.content import CONTENT_SEQUENCES, clean_content
from thirdeye.dicom.deidentify.private import is_safe_private
from thirdeye.dicom.deidentify.profile import KEEP_DEVICE, SAFE_PRIVATE, Action
from thirdeye.dicom.deidentify.subject import Subject
from thirdeye.dicom.deidentify.table import load_table

MOST_DEPTH = 40
_CURVES, _OVERLAYS = range(0x5000, 0x5100), range(0x6000, 0x6100)
_NEVER = {0x0004, 0xFFFA, 0xFFFC}  # directory records, digital signatures, trailing padding
_ETHICS_COMMITTEE = 0x00120081
_BINARY = frozenset(["OB", "OD", "OF", "OL", "OV", "OW"])
# Binary attributes outside the table that hold an image, a signal or how it is shown.
_IMAGE_PART_NAMES = """
    PixelData FloatPixelData DoubleFloatPixelData ExtendedOffsetTable ExtendedOffsetTableLengths LUTData
    RedPaletteColorLookupTableData GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
    AlphaPaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData
    SegmentedGreenPaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData
    SegmentedAlphaPaletteColorLookupTableData WaveformData WaveformPaddingValue ChannelMinimumValue
    ChannelMaximumValue SpectroscopyData FirstOrderPhaseCorrectionAngle PointCoordinatesData SurfaceNormals
    VectorGridData TrianglePointIndexList LongPrimitivePointIndexList DoublePointCoordinatesData
    PrimitivePointIndexList EdgePointIndexList VertexPointIndexList LongEdgePointIndexList
    LongTrianglePointIndexList LongVertexPointIndexList TrackPointIndexList FloatingPointValues
    VectorCoordinateData
    """
_IMAGE_PARTS = frozenset(_IMAGE_PART_NAMES.split())


class TooDeep(ValueError):
    """Sequences within sequences beyond `MOST_DEPTH`."""


def clean(dataset: Any, subject: Subject, *, depth: int = 0) -> None:
    """Clean a dataset in place.

    Args:
        dataset: a pydicom dataset; its file meta information is not touched.
        subject: says how; its tally grows.
        depth: of nesting, 0 at the top.

    Raises:
        TooDeep: sequences are nested more than 40 deep.
    """
    if depth > MOST_DEPTH:
        raise TooDeep(f"nests its DICOM sequences more than {MOST_DEPTH} deep")
    for tag in list(dataset.keys()):
        _clean_one(dataset, tag, subject, depth)
    if "ClinicalTrialProtocolEthicsCommitteeApprovalNumber" not in dataset:  # whose name has no place alone
        dataset.pop(_ETHICS_COMMITTEE, None)


def _clean_one(dataset: Any, tag: Any, subject: Subject, depth: int) -> None:
    why = _remove_at_once(dataset, tag, subject)
    if why:
        _remove(dataset, tag, subject, why)
        return
    try:
        element = dataset[tag]
        list(values.values_of(element))
    except RecursionError:
        raise TooDeep("nests its DICOM sequences too deeply") from None
    except Exception:  # pydicom may raise anything on a damaged value
        _remove(dataset, tag, subject, "damaged attributes removed")
        return
    rule = load_table().attributes.get(int(tag))
    if rule is not None:
        _apply(dataset, element, subject.profile.action(rule), rule.basic, subject, depth)
    else:
        _unlisted(dataset, element, subject, depth)


def _remove_at_once(dataset: Any, tag: Any, subject: Subject) -> str:
    """Why an attribute goes without a look at its value; "" where it needs one."""
    if tag.is_private:
        keep = subject.profile.has(SAFE_PRIVATE) and is_safe_private(dataset, tag)
        return "" if keep else "private attributes removed"
    if tag.group in _OVERLAYS:
        return "overlays removed"
    if tag.group in _CURVES:
        return "curves removed"
    return "signatures, padding and directory records removed" if tag.group in _NEVER else ""


def _apply(dataset: Any, element: Any, action: Action, basic: str, subject: Subject, depth: int) -> None:
    """Carry out one action of the table."""
    if element.VR == "SQ":
        _apply_to_sequence(dataset, element, action, basic, subject, depth)
    elif action == "X":
        _remove(dataset, element.tag, subject, "attributes removed")
    elif action == "Z":
        element.value = None
        subject.done["attributes emptied"] += 1
    elif action == "U":
        values.new_uids(element, subject)
        subject.done["UIDs replaced"] += 1
    elif action == "K":
        _keep(dataset, element, subject)
    elif action == "C":
        _clean_value(dataset, element, basic, subject)
    elif values.dummy(element, subject):
        subject.done["attributes replaced by a value that says nothing"] += 1
    else:
        _remove(dataset, element.tag, subject, "attributes removed")


def _apply_to_sequence(
    dataset: Any, element: Any, action: Action, basic: str, subject: Subject, depth: int
) -> None:
    """A sequence is kept and its items cleaned, or it goes as a whole: a dummy item would say what is not."""
    if action in ("U", "K"):
        _items(element, subject, depth)
    elif action == "C" and int(element.tag) in CONTENT_SEQUENCES:
        clean_content(element, subject)
        _items(element, subject, depth)
    elif element.keyword == "PersonIdentificationCodeSequence":
        _dummy_code(element)
        subject.done["attributes replaced by a value that says nothing"] += 1
    elif element.keyword == "VerifyingObserverSequence":
        _items(element, subject, depth)
    elif "Z" in basic:
        element.value = []
        subject.done["sequences emptied"] += 1
    else:
        _remove(dataset, element.tag, subject, "sequences removed")


def _items(element: Any, subject: Subject, depth: int) -> None:
    for item in element.value or ():
        clean(item, subject, depth=depth + 1)


def _dummy_code(element: Any) -> None:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "0", "99THIRDEYE", "De-identified"
    element.value = [item]


def _keep(dataset: Any, element: Any, subject: Subject) -> None:
    if element.VR == "AS" and not values.cap_age(element):
        _remove(dataset, element.tag, subject, "damaged attributes removed")
        return
    subject.done["attributes kept by an option"] += 1


def _clean_value(dataset: Any, element: Any, basic: str, subject: Subject) -> None:
    """The action C: keep what is known not to identify."""
    if element.VR in values.TIMES:
        if values.move_dates(element, subject):
            subject.done["dates and times moved"] += 1
        else:
            _remove(dataset, element.tag, subject, "damaged attributes removed")
    elif element.VR in values.TEXT:
        values.clean_words(element, subject)
        if not values.values_of(element) and "X" in basic:
            _remove(dataset, element.tag, subject, "attributes removed")
        elif not values.values_of(element) and "D" in basic:
            element.value = "De-identified"
        subject.done["descriptions cleaned"] += 1
    elif element.VR == "AE":
        values.new_title(element, subject)
        subject.done["attributes replaced by a value that says nothing"] += 1
    else:
        _remove(dataset, element.tag, subject, "attributes removed")


def _unlisted(dataset: Any, element: Any, subject: Subject, depth: int) -> None:
    """An attribute that the table does not name: kept by the standard, if it cannot hold an identity."""
    vr, tag = element.VR, element.tag
    if vr == "UN" or not (element.keyword or tag.is_private):
        _remove(dataset, tag, subject, "unknown attributes removed")
    elif vr == "SQ":
        _items(element, subject, depth)
    elif vr in values.TIMES:
        if not values.move_dates(element, subject):
            element.value = None
        subject.done["dates and times moved"] += 1
    elif vr == "PN":
        element.value = None
        subject.done["attributes emptied"] += 1
    elif vr == "UR":
        _remove(dataset, tag, subject, "attributes removed")
    elif vr == "UI":
        if not element.keyword.endswith("ClassUID"):
            values.new_uids(element, subject)
            subject.done["UIDs replaced"] += 1
    elif element.keyword == "ICCProfile":
        _replace_profile(element, subject)
    elif vr in _BINARY and element.keyword not in _IMAGE_PARTS and not _is_image_group(tag):
        _remove(dataset, tag, subject, "unknown attributes removed")
    elif vr in values.TEXT:
        _search_text(dataset, element, subject)


def _is_image_group(tag: Any) -> bool:
    return tag.group == 0x7FE0 or tag.group == 0x0028


def _search_text(dataset: Any, element: Any, subject: Subject) -> None:
    """A text that the standard keeps goes if it repeats a name or a number that it does not keep."""
    if any(subject.persons.within(str(value)) for value in values.values_of(element)):
        element.value = "De-identified"
        subject.done["texts replaced that repeated a name or a number"] += 1


def _replace_profile(element: Any, subject: Subject) -> None:
    """A colour profile names its device; sRGB takes its place."""
    if subject.profile.has(KEEP_DEVICE):
        return
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    element.value = profile + b"\0" * (len(profile) % 2)
    subject.done["colour profiles replaced by sRGB"] += 1


def _remove(dataset: Any, tag: Any, subject: Subject, how: str) -> None:
    del dataset[tag]
    subject.done[how] += 1
