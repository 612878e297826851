"""What is said of a reader, not of a case: how good it is, what it was not validated on, which it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import AND_VARIABLES, Measured
from thirdeye.inference.opine import NOT_EXAMINED, NOT_PASSED
from thirdeye.inference.wording import listed, number, readable

MOST_CLASSES = 12  # that a reader's question names
_ASKED = {
    "multilabel": "Says which an image shows: {}",
    "segmentation": "Marks {}",
    "detection": "Finds {}",
    "landmarks": "Finds the points {}",
}

MEASURES = {
    "dice": "overlap with the outline of an expert (Dice)",
    "hd95_max_of_directed": "95 % of the outline lies within",
    "case_sensitivity": "share of cases with it in which it is marked",
    "lesion_sensitivity": "share of what is there that it finds",
    "lesion_ppv": "share of its marks that are right",
    "false_positives_per_image": "false alarms an image",
    "mre_mm": "mean distance from the true point",
    "mre_px": "mean distance from the true point",
    "mae": "mean difference from the measurement of an expert",
    "auc": "AUC",
    "auc_macro": "AUC, mean of the classes",
}
IDENTITY = (
    ("name", "network"),
    ("sha256", "sha256"),
    ("dataset_sha256", "data sha256"),
    ("plan_sha256", "plan sha256"),
    ("software", "read with"),
)
_SHARES = ("lesion_sensitivity", "lesion_ppv", "case_sensitivity")
_COUNTED = {"lesion_sensitivity": "findings", "lesion_ppv": "marks", "mre_mm": "points", "mre_px": "points"}
_UNITS = {"mm": " mm", "px": " pixels", "deg": "°", "%": " %", "1": ""}


def question(task: str, classes: Sequence[str], *, positive: str | None = None) -> str:
    """What a reader decides, in a line.

    Args:
        task: of the reader.
        classes: classes, structures, kinds of box or points.
        positive: of two classes, the one that counts as disease.
    """
    names = list(classes)
    if task == "landmarks" and len(names) > MOST_CLASSES:
        return f"Finds {len(names)} points"
    if len(names) > MOST_CLASSES:
        names = [*names[:MOST_CLASSES], f"{len(names) - MOST_CLASSES} more"]
    if positive is not None and len(names) == 2:
        other = next((name for name in names if name != positive), "")
        return f"Tells {positive} from {other}"
    return _ASKED.get(task, "Tells apart {}").format(listed(names, "and") if names else "nothing")


def about(opinion: Opinion, name: str) -> list[Measured]:
    """What was measured of one structure, class or landmark."""
    return [one for one in opinion.measured if one.about == name]


def in_validation(found: Iterable[Measured]) -> str:
    """What was measured of one thing, to stand beside a finding; "" where nothing was."""
    told = list(found)
    return f"{', '.join(map(_beside, told))} (n = {told[0].n:,})" if told else ""


def figure(one: Measured, *, said: str = "") -> str:
    """The value with its interval: "0.90 (0.89 to 0.91)"; `said` comes before the limits."""
    share = one.measure in _SHARES
    unit = " %" if share else _UNITS[one.unit]
    scale = 100 if share else 1
    value = _digits(scale * one.value, one)
    if one.low is None or one.high is None:
        return f"{value}{unit}"
    return f"{value}{unit} ({said}{_digits(scale * one.low, one)} to {_digits(scale * one.high, one)})"


def _beside(one: Measured) -> str:
    told = figure(one)
    if one.measure == "dice":
        return f"Dice {told}"
    if one.measure == "hd95_max_of_directed":
        return f"95 % of the outline within {told}"
    if one.measure == "case_sensitivity":
        return f"marked in {told} of the cases that have it"
    if one.measure == "lesion_sensitivity":
        return f"finds {told} of what is there"
    if one.measure == "lesion_ppv":
        return f"{told} of its marks are right"
    if one.measure == "false_positives_per_image":
        return f"{told} false alarms an image"
    if one.measure.startswith(("mre", "mae")):
        return f"off by {told} on average"
    return f"{MEASURES.get(one.measure, readable(one.measure))} {told}"


def overall_pairs(opinion: Opinion) -> list[tuple[str, str]]:
    """Measures of the reader as a whole: what, and the figure."""
    return [
        (
            MEASURES.get(one.measure, one.measure),
            f"{figure(one, said='95 % interval ')}, on {one.n:,} {_decided(one)} of the {one.part} part",
        )
        for one in opinion.measured
        if one.about == ""
    ]


def _decided(one: Measured) -> str:
    """What a figure rests on: cases, findings, points, or what was decided from all its images."""
    unit, variables = one.per.removesuffix(AND_VARIABLES), one.per.endswith(AND_VARIABLES)
    if not unit:
        return _COUNTED.get(one.measure, "cases")
    named = "images" if unit == "image" else f"whole {unit}s"
    return f"{named} with their clinical variables" if variables else named


def identity_pairs(opinion: Opinion) -> list[tuple[str, str]]:
    """Which model said it: name, software, and hashes in full."""
    return [(what, str(opinion.model[name])) for name, what in IDENTITY if opinion.model.get(name)]


def identity_line(opinion: Opinion) -> str:
    """The same in one line, hashes short enough to read out."""
    said = [
        f"{what} {value[:12]}" if name.endswith("sha256") else value
        for (name, _), (what, value) in zip(
            [one for one in IDENTITY if opinion.model.get(one[0])], identity_pairs(opinion), strict=True
        )
    ]
    return readable("; ".join(said))


def reader_lines(opinion: Opinion) -> list[str]:
    """What holds for every case: said once, at the end of a list."""
    lines = [f"Reader: {identity_line(opinion)}"]
    lines += [f"  {readable(what)}: {told}" for what, told in overall_pairs(opinion)]
    if opinion.heat_map is not None and not opinion.heat_map.passed_sanity:
        lines.append(f"  {NOT_PASSED if opinion.heat_map.passed_sanity is False else NOT_EXAMINED}")
    if opinion.unvalidated:
        lines.append("Not validated on:")
        lines += [f"  - {readable(one)}" for one in opinion.unvalidated]
    return lines


def _digits(value: float, one: Measured) -> str:
    if one.measure in _SHARES:
        return f"{value:.0f}"
    return f"{value:.2f}" if one.unit == "1" else number(value)
