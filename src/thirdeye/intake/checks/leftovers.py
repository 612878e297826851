"""What was left aside while the data were read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Severity
from thirdeye.intake.words import counted, listed


@dataclass(frozen=True)
class _Kind:
    """How one kind of leftover is told: (singular, plural) subject, and what to do."""

    severity: Severity
    one: str
    many: str
    remedy: str


_KINDS = {
    "row_without_file": _Kind(
        "warning",
        "row of the table names a file that is not there",
        "rows of the table name files that are not there",
        "Check the names, and that all files were copied",
    ),
    "ambiguous_row": _Kind(
        "warning",
        "name in the table fits several files",
        "names in the table each fit several files",
        "Write the path below the data's folder into the table",
    ),
    "row_without_label": _Kind(
        "warning", "row has no label", "rows have no label", "Fill in the labels, or ignore this"
    ),
    "file_without_row": _Kind(
        "warning",
        "image is not in the table",
        "images are not in the table",
        "Add rows for them, or ignore this",
    ),
    "repeated_row": _Kind(
        "info", "row repeats another", "rows repeat another", "Each image was taken once; nothing needs doing"
    ),
    "outside_class": _Kind(
        "warning",
        "image lies in no class folder",
        "images lie in no class folder",
        "Move them into the folder of their class, or ignore this",
    ),
    "mask": _Kind(
        "info",
        "image in a folder of masks was left aside",
        "images in folders of masks were left aside",
        "Masks are not classified; nothing needs doing",
    ),
    "channel_missing": _Kind(
        "error",
        "case lacks a channel that others have",
        "cases lack a channel that others have",
        "Add the missing files, or take these cases out",
    ),
    "mask_without_image": _Kind(
        "warning",
        "mask belongs to no image",
        "masks belong to no image",
        "Name each mask like its image, or take it out",
    ),
    "damaged_header": _Kind(
        "warning",
        "DICOM file has a header that cannot be read",
        "DICOM files have headers that cannot be read",
        "Fetch them again from the archive, or leave them out",
    ),
    "localiser": _Kind(
        "info",
        "localiser (an image made to plan others) was left aside",
        "localisers (images made to plan others) were left aside",
        "Nothing needs doing",
    ),
    "without_pixels": _Kind(
        "info",
        "DICOM object without pixels was left aside",
        "DICOM objects without pixels (presentation states, documents) were left aside",
        "Nothing needs doing",
    ),
    "annotation_unused": _Kind(
        "warning",
        "segmentation or report belongs to no image here, or cannot be used",
        "segmentations or reports belong to no image here, or cannot be used",
        "Add the series that they speak of, or ignore this",
    ),
    "field_of_view": _Kind(
        "info",
        "mask of the field of view was left aside",
        "masks of the field of view were left aside",
        "They say where the picture is, not what is in it; nothing needs doing",
    ),
    "annotation_without_image": _Kind(
        "warning",
        "annotation names an image that is not here",
        "annotations name images that are not here",
        "Check that all images were copied; paths that lead out of the folder are not followed",
    ),
    "annotation_damaged": _Kind(
        "warning",
        "annotation cannot be used",
        "annotations cannot be used",
        "Correct or export them again",
    ),
    "clinical_without_image": _Kind(
        "warning",
        "row of the clinical table belongs to no image",
        "rows of the clinical table belong to no image",
        "Check the identifiers; leading zeros and blanks count",
    ),
    "image_without_clinical": _Kind(
        "warning",
        "image has no row in the clinical table",
        "images have no row in the clinical table",
        "Complete the table; their further columns are blank",
    ),
    "clinical_repeated": _Kind(
        "warning",
        "identifier has several rows in the clinical table",
        "identifiers have several rows in the clinical table",
        "The first row was taken; keep one row for each",
    ),
    "label_tied": _Kind(
        "warning",
        "case was left out because its annotators are tied",
        "cases were left out because their annotators are tied",
        "Let another person decide, and give the decision a column of its own",
    ),
    "stated_otherwise": _Kind(
        "warning",
        "statement of dataset.json does not hold",
        "statements of dataset.json do not hold",
        "Correct the file, or look for what is missing",
    ),
    "other_kind": _Kind(
        "info",
        "image of another kind was left aside",
        "images of another kind were left aside",
        "Structural images were taken; nothing needs doing",
    ),
    "not_an_image": _Kind(
        "info",
        "other file was ignored",
        "other files were ignored",
        "Nothing needs doing if they are no images",
    ),
}
_MOST_MISSING = 0.5


@register_check("file.leftover", title="What was left aside", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One finding for each kind; an error when most rows of a table have no file."""
    collection = exhibits.collection
    for kind, names in collection.leftovers.items():
        told = _KINDS[kind]
        missing = len(names) / (len(names) + len(collection.rows))
        blocks = kind in ("row_without_file", "ambiguous_row") and missing > _MOST_MISSING
        yield Finding(
            check="file.leftover",
            severity="error" if blocks else told.severity,
            message=f"{counted(len(names), told.one, told.many)}: {listed(names, 4)}.",
            cases=tuple(names),
            evidence={"kind": kind, "count": len(names)},
            remedy=told.remedy,
            source="Labels and files should match one to one",
        )
