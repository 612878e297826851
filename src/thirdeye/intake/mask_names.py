"""What the name of a file says: whether it is a mask, whose, of which class, and of which image."""

from __future__ import annotations

import re
from dataclasses import dataclass

from thirdeye.intake.splits import split_name
from thirdeye.intake.words import plain, word_set

_MASK_WORDS = word_set(
    """
    mask masks maske masken masque masques mascara mascaras segmentation segmentations segmentationclass
    segmentationobject seg segs segmented groundtruth groundtruths gt gts annotation annotations label labels
    labelmap manual contour contours delineation delineations
    """
)
_IMAGE_WORDS = word_set(
    """
    image images img imgs picture pictures photo photos bild bilder jpegimages original originals raw input
    inputs scan scans frame frames slice slices data dataset cases patients
    """
)
_VIEWING_FIELD = word_set("fov roi field_of_view mask masks")
_FILLING = word_set("all the of a b c d set and final binary pixel level part png tif class object")
_ANNOTATOR = re.compile(
    r"^(?:(?P<ordinal>[1-9])(?:st|nd|rd|th)(?:manual|ho|observer|reader|annotator|expert)?"
    r"|(?:manual|annotator|annot|ann|reader|rater|observer|expert|doctor|radiologist|grader|ho|anno)"
    r"(?P<number>[1-9][0-9]?|[a-d]))$"
)
_WHO = word_set("manual annotator reader rater observer expert doctor radiologist grader")


@dataclass(frozen=True)
class FileName:
    """One file, understood by its name alone.

    Args:
        file: path below the data.
        is_mask: it is named like a mask, or lies in a folder named like masks.
        in_mask_folder: the latter.
        is_viewing_field: the folder is called just "mask" or "fov": where a file also has annotators, it
            says where the picture is, not what is in it.
        key: what remains of the name when words such as "mask", "image" and "test" are taken away.
        context: folders that are neither parts of a split nor words for images or masks.
        split: part that a folder names, or "".
        annotator: "1", "2", ... where a folder or name says one, else "".
        name: class that a folder beside the word for masks names, or "".
    """

    file: str
    is_mask: bool
    in_mask_folder: bool
    is_viewing_field: bool
    key: str
    context: tuple[str, ...]
    split: str
    annotator: str
    name: str


def understand(file: str) -> FileName:
    """Take a path apart."""
    *folders, last = file.split("/")
    stem = last[: -len(".nii.gz")] if last.lower().endswith(".nii.gz") else last.rpartition(".")[0] or last
    split = annotator = name = ""
    context: list[str] = []
    mask_folder = viewing_field = False
    for folder in folders:
        words = _words(folder)
        part = _part(folder, words)
        split = part or split
        who, rest = _annotator(words)
        annotator = who or annotator
        if who or set(rest) & _MASK_WORDS:
            mask_folder = True
            viewing_field = viewing_field or plain(folder) in _VIEWING_FIELD
            name = "_".join(_meaning(rest)) or name
        elif not part and not set(rest) & _IMAGE_WORDS:
            context.append(folder)
    words = _words(stem)
    who, rest = _annotator(words)
    in_name = bool(set(rest[1:]) & _MASK_WORDS) or (len(rest) > 1 and rest[0] in _MASK_WORDS) or bool(who)
    return FileName(
        file=file,
        is_mask=mask_folder or in_name,
        in_mask_folder=mask_folder,
        is_viewing_field=viewing_field,
        key=_key(rest, stem),
        context=tuple(context),
        split=split,
        annotator=who or annotator,
        name=name,
    )


def _part(folder: str, words: list[str]) -> str:
    """Split that a folder names: "train", "a. Training Set", "train_masks"."""
    kept = [word for word in words if word not in _FILLING | _IMAGE_WORDS | _MASK_WORDS]
    return split_name(folder) or (split_name(kept[0]) or "" if len(kept) == 1 else "")


def _words(text: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", text)
    spaced = re.sub(r"(?i)(?<![a-z])(img|image|mask|gt|seg|label)(?=[0-9])", r"\1_", spaced)
    return [word for word in plain(spaced).split("_") if word]


def _annotator(words: list[str]) -> tuple[str, list[str]]:
    """Number of the annotator ("1st_manual", "manual1", "reader_2"), and the other words."""
    who, rest = "", []
    skip = False
    for position, word in enumerate(words):
        if skip:
            skip = False
            continue
        following = words[position + 1] if position + 1 < len(words) else ""
        found = _ANNOTATOR.match(word)
        if found:
            who = found["ordinal"] or found["number"]
        elif word in _WHO and following.isdigit() and word != "manual":
            who, skip = following, True
        else:
            rest.append(word)
    return (who, [word for word in rest if word not in _WHO]) if who else ("", rest)


def _meaning(words: list[str]) -> list[str]:
    """The words of a folder of masks that name a class."""
    known = _MASK_WORDS | _IMAGE_WORDS | _FILLING
    return [word for word in words if word not in known and not word.isdigit() and not split_name(word)]


def _key(words: list[str], stem: str) -> str:
    kept = [word for word in words if word not in _MASK_WORDS | _IMAGE_WORDS and not split_name(word)]
    return "_".join(kept) or plain(stem)
