"""The accused as pictures: one by one, or in groups with what differs."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.intake.finding import Finding
from thirdeye.intake.reference import readable
from thirdeye.intake.words import counted, listed
from thirdeye.report.clean import clean, shorten
from thirdeye.report.document import Sheet, Tile, TileGroup
from thirdeye.report.trial.evidence import accused_places, case_lines
from thirdeye.report.trial.identity import evidence_without_patients
from thirdeye.report.trial.pictures import PictureBook
from thirdeye.report.trial.trial import Trial

MOST_NAMES = 3000
MOST_IN_GROUP = 6
_COMPARED = (
    ("label", "label"), ("split", "part"), ("patient", "patient"), ("case", "case"), ("site", "site"),
    ("format", "format"),
)  # fmt: skip
_OWN = ("patient", "case")
_GRAVE = {"label", "part", "patient"}
_ANNOTATED = ("mask", "box", "region", "landmark", "annotation", "segmentation", "agreement")
_WANTED = {"error": 36, "warning": 24, "info": 8}


def wish(finding: Finding) -> int:
    """How many pictures a finding would like to show."""
    if finding.groups:
        return min(2 * _WANTED[finding.severity], sum(min(len(g), MOST_IN_GROUP) for g in finding.groups))
    return min(_WANTED[finding.severity], len(finding.cases))


def accused_sheet(trial: Trial, finding: Finding, book: PictureBook, granted: int) -> Sheet | None:
    """Pictures of whom a finding accuses, at most `granted`; None where it accuses nobody.

    Names that are not on a picture unfold from a line below.
    """
    groups = tuple(group for group in finding.groups if group)
    cases = tuple(dict.fromkeys((*finding.cases, *(image for group in groups for image in group))))
    if not cases:
        return None
    if not any(case in trial.picture_of for case in cases):
        return Sheet((), more=_count(len(cases)), names=_names(cases))
    if groups:
        shown, seen = _groups(trial, finding, groups, book, granted)
        unseen = len(groups) - len(shown)
        more = f"and {counted(unseen, 'more group')}; {_count(len(cases)).lower()}"
    else:
        seen = min(granted, len(cases))
        unseen = len(cases) - seen
        tiles = tuple(_tile(trial, finding, case, book, ()) for case in cases[:seen])
        shown = (TileGroup(tiles),) if tiles else ()
        more = f"and {unseen:,} more; {_count(len(cases)).lower()}"
    return Sheet(shown, more=more, names=_names(cases)) if unseen else Sheet(shown)


def _count(names: int) -> str:
    return f"All {names:,} names" if names > 1 else "The name"


def _names(cases: Sequence[str]) -> tuple[str, ...]:
    names = tuple(clean(readable(case)) for case in cases[:MOST_NAMES])
    left = len(cases) - len(names)
    return (*names, f"and {left:,} more in findings.json") if left else names


def _groups(
    trial: Trial, finding: Finding, groups: Sequence[tuple[str, ...]], book: PictureBook, granted: int
) -> tuple[tuple[TileGroup, ...], int]:
    """Whole groups, as many as `granted` pictures allow; those that differ gravely come first."""
    ranked = sorted(groups, key=lambda group: not (_GRAVE & set(differences(trial, group))))
    shown: list[TileGroup] = []
    seen = 0
    for group in ranked:
        part = group[:MOST_IN_GROUP]
        if seen + len(part) > granted and shown:
            break
        if seen + len(part) > granted + MOST_IN_GROUP:
            break
        differing = differences(trial, group)
        tiles = tuple(_tile(trial, finding, image, book, _told(trial, image, differing)) for image in part)
        shown.append(TileGroup(tiles, _title(group, differing), bool(_GRAVE & set(differing))))
        seen += len(part)
    return tuple(shown), seen


def differences(trial: Trial, group: Sequence[str]) -> tuple[str, ...]:
    """In what the images of a group differ: label, part, patient, site, format, size."""
    images = [image for name in group if (image := trial.picture_of.get(name)) is not None]
    words = [word for column, word in _COMPARED if len({_value(trial, i, column) for i in images} - {""}) > 1]
    words = [word for word in words if not (word in _OWN and _is_image(trial, word))]
    if len({_size(trial, image) for image in images} - {""}) > 1:
        words.append("size")
    return tuple(words)


def _is_image(trial: Trial, column: str) -> bool:
    """Whether every image is a case, or a patient, of its own, so that a difference says nothing."""
    rows = trial.collection.rows
    return bool((rows[column] == rows["image"]).all())


def _title(group: Sequence[str], differing: Sequence[str]) -> str:
    number_of = f"{len(group)} pictures" if len(group) > 1 else "1 picture"
    if len(group) > MOST_IN_GROUP:
        number_of += f" ({MOST_IN_GROUP} of them shown)"
    return (
        f"{number_of}, differing in {listed(differing)}" if differing else f"{number_of}, alike in all else"
    )


def _told(trial: Trial, image: str, differing: Sequence[str]) -> tuple[str, ...]:
    """The values in which this one differs from the others."""
    lines = [
        f"{word}: {shorten(_shown(trial, image, column) or 'none', 40)}"
        for column, word in _COMPARED
        if word in differing
    ]
    if "size" in differing:
        lines.append(_size(trial, image))
    return tuple(lines)


def _tile(trial: Trial, finding: Finding, case: str, book: PictureBook, told: tuple[str, ...]) -> Tile:
    image = trial.picture_of.get(case)
    annotated = finding.check.split(".")[0] in _ANNOTATED
    is_readable = image is not None and image in trial.readable.index
    accused = accused_places(finding.evidence).get(str(image), []) if annotated else []
    picture = book.take(str(image), annotated=annotated, accused=accused) if is_readable else None
    lines = told or _label_line(trial, image)
    missing = "" if picture else _missing(trial, image)
    said = case_lines(evidence_without_patients(finding.evidence, trial.patients), case)
    lines += tuple(line for line in said if not missing or missing not in line)
    name = clean(shorten_path(readable(case)))
    return Tile(picture, name, tuple(map(clean, lines)), missing)


def shorten_path(name: str, longest: int = 44) -> str:
    """The end of a path, which tells more than its beginning."""
    return name if len(name) <= longest else "…" + name[-longest + 1 :]


def _label_line(trial: Trial, image: str | None) -> tuple[str, ...]:
    label = _value(trial, image, "label") if image is not None else ""
    return (f"label: {shorten(label, 40)}",) if label else ()


def _missing(trial: Trial, image: str | None) -> str:
    if image is None or image not in trial.facts.index:
        return "no picture"
    reason = str(trial.facts["error"].get(image) or "")
    return shorten(clean(reason), 90) if reason else "not loaded"


def _value(trial: Trial, image: str, column: str) -> str:
    for frame in (trial.rows, trial.facts):
        if column in frame and image in frame.index:
            return str(frame[column].loc[image])
    return ""


def _shown(trial: Trial, image: str, column: str) -> str:
    """A value as the page may show it: a patient by its number only."""
    value = _value(trial, image, column)
    return trial.patients.get(value, value).removeprefix("patient ") if column == "patient" else value


def _size(trial: Trial, image: str) -> str:
    if image not in trial.readable.index:
        return ""
    row = trial.readable.loc[image]
    depth = f" x {int(row['depth'])}" if int(row["depth"]) > 1 else ""
    return f"{int(row['width'])} x {int(row['height'])}{depth}"
