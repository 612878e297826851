"""Masks that hold other values than they should."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from thirdeye.intake.annotation_view import cases, readable_masks, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Severity
from thirdeye.intake.structure_names import is_background
from thirdeye.intake.words import counted, listed, shown_name

_SOURCE = "A mask holds one value per class; any other value is a class that nobody meant"
_RARE = 0.02  # of the masks: a value in no more of them is not one that the set uses
_BINARY = ("binary", "binary_255", "binary_other")
_SMEARED = {
    "soft": ("have soft edges", "values between the two ends, as resizing with interpolation leaves them",
             "Resize masks with nearest neighbour; here, what lies above half of the range counts as marked"),
    "noisy": ("hold the noise of JPEG", "values scattered around the two ends",
              "Save masks as PNG; here, what lies above half of the range counts as marked"),
    "picture": ("look like pictures, not masks", "hundreds of values all over the range",
                "Check that these files are masks, and not images or probability maps"),
}  # fmt: skip


@register_check("mask.values", title="Values of the masks", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Smeared values, values that nothing names, 0 and 255 beside 0 and 1, and values of a few masks only."""
    masks = readable_masks(exhibits)
    for form in _SMEARED:
        wrong = masks[masks["form"] == form]
        if len(wrong):
            yield _smeared(form, wrong, len(masks))
    yield from _not_finite(masks)
    held = masks[~masks["form"].isin(_SMEARED)]
    values = {mask: tuple(json.loads(cell)) for mask, cell in zip(held["mask"], held["values"], strict=True)}
    yield from _said(exhibits, held, values)
    yield from _unnamed(held, values, exhibits.collection.mask_values)
    yield from _scales(held[~held["mask"].isin(_of_classes(held, values, exhibits))], values)
    if not exhibits.collection.mask_values:
        yield from _rare(held, values)


def _not_finite(masks: pd.DataFrame) -> Iterator[Finding]:
    held = masks[masks["not_finite"] > 0]
    if held.empty:
        return
    first = held.sort_values("not_finite", ascending=False).iloc[0]
    yield Finding(
        check="mask.values",
        severity="warning",
        message=f"{share(len(held), len(masks))} masks hold values that are no numbers (NaN or infinity), "
        f"most of them '{shown_name(first['mask'])}' ({first['not_finite']:,}).",
        cases=cases(held["image"]),
        evidence={"table": table(held, ["image", "mask", "not_finite"])},
        remedy="They count as background here. Write what is meant into the masks",
        source=_SOURCE,
    )


def _smeared(form: str, wrong: pd.DataFrame, of: int) -> Finding:
    what, how, remedy = _SMEARED[form]
    first = wrong.iloc[0]
    return Finding(
        check="mask.values",
        severity="warning",
        message=f"{share(len(wrong), of)} masks {what}: '{shown_name(first['mask'])}' has "
        f"{first['n_values']:,} values ({how}).",
        cases=cases(wrong["image"]),
        evidence={"form": form, "table": table(wrong.assign(stray_percent=100 * wrong["stray"]),
                                               ["image", "mask", "n_values", "stray_percent"])},
        remedy=remedy,
        source=_SOURCE,
    )  # fmt: skip


def _said(
    exhibits: Exhibits, masks: pd.DataFrame, values: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Values that the user named and no mask holds; one name for masks that hold several values."""
    collection = exhibits.collection
    if not collection.structures_said:
        return
    count = Counter(value for held in values.values() for value in held)
    there = sorted(value for value in count if not is_background(value, ""))
    unknown = [v for v, n in collection.mask_values.items() if v not in count and not is_background(v, n)]
    several = masks[masks["form"].isin(["labels", "colours"])]
    alone = not collection.mask_values and len(several) > 0
    if not unknown and not alone:
        return
    wrong = f"the value {listed(unknown)}, which no mask holds" if unknown else "one structure alone"
    held = listed([f"{value} (in {counted(count[value], 'mask')})" for value in there], 12)
    yield Finding(
        check="mask.values",
        severity="error",
        message=f"--structures names {wrong}; the masks hold {held or 'nothing'}.",
        cases=cases(several["image"]) if alone else (),
        evidence={"values": {value: count[value] for value in there}},
        remedy="Name the values that are there, as in --structures 1=liver,2=tumour; call a value that marks "
        "nothing 'background'",
        source=_SOURCE,
    )


def _unnamed(
    masks: pd.DataFrame, values: Mapping[str, tuple[str, ...]], legend: Mapping[str, str]
) -> Iterator[Finding]:
    """Values that the legend does not name; 0 and black need no name."""
    if not legend:
        return
    known = {*legend, "0", "#000000"}
    strange = {mask: [v for v in held if v not in known] for mask, held in values.items()}
    strange = {mask: held for mask, held in strange.items() if held}
    if not strange:
        return
    count = Counter(value for held in strange.values() for value in held)
    shown = [f"{value} (in {counted(number, 'mask')})" for value, number in count.most_common(8)]
    wrong = masks[masks["mask"].isin(strange)]
    pairs = zip(wrong["image"], wrong["mask"], strict=True)
    about = {image: f"{mask}: {listed(strange[mask])}" for image, mask in pairs}
    yield Finding(
        check="mask.values",
        severity="error" if len(strange) > 0.5 * len(masks) else "warning",
        message=f"{share(len(strange), len(masks))} masks hold values that have no name: {listed(shown)}; "
        f"named are "
        f"{listed([f'{value} ({name})' for value, name in legend.items()], 8)}.",
        cases=cases(wrong["image"]),
        evidence={"values": dict(count), "about": about},
        remedy="Write the named values into the masks (often 255 for 1), or complete the names",
        source=_SOURCE,
    )


def _of_classes(masks: pd.DataFrame, values: Mapping[str, tuple[str, ...]], exhibits: Exhibits) -> set[str]:
    """Masks of a set of several classes that happen to hold one of them: their values are no other scale."""
    several = {value for mask in masks["mask"][masks["form"] == "labels"] for value in values[mask]}
    known = {v for v in {*several, *exhibits.collection.mask_values} if not is_background(v, "")}
    if len(known) < 2:
        return set()
    return {mask for mask, held in values.items() if {v for v in held if not is_background(v, "")} <= known}


def _scales(masks: pd.DataFrame, values: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Two values, but not 0 and 1: unambiguous when all masks agree, doubtful when they differ."""
    two = masks[masks["form"].isin(_BINARY) & ~masks["mask"].map(_is_colour(values))]
    pairs = two["form"].where(two["form"] == "binary", two["mask"].map(lambda mask: _pair(values[mask])))
    pairs = pairs.replace("binary", "0 and 1")
    counts = pairs.value_counts()
    if not len(counts) or list(counts.index) == ["0 and 1"]:
        return
    several = len(counts) > 1
    odd = two[pairs != ("0 and 1" if not several else counts.index[0])]
    shown = listed([f"{pair} in {counted(int(number), 'mask')}" for pair, number in counts.items()])
    severity: Severity = "warning" if several and "0 and 1" in counts.index else "info"
    yield Finding(
        check="mask.values",
        severity=severity,
        message=(
            f"The masks do not use the same values: {shown}."
            if several
            else f"The masks hold {counts.index[0]}, not 0 and 1."
        ),
        cases=cases(odd["image"]) if several else (),
        evidence={"pairs": {str(pair): int(number) for pair, number in counts.items()}},
        remedy="Read here as background and structure; other programs (nnU-Net) need 0 and 1 everywhere, and "
        "stop or learn nonsense otherwise",
        source=_SOURCE,
    )


def _is_colour(values: Mapping[str, tuple[str, ...]]) -> dict[str, bool]:
    return {mask: held[0].startswith("#") for mask, held in values.items()}


def _pair(held: tuple[str, ...]) -> str:
    return " and ".join(sorted(held, key=float))


def _rare(masks: pd.DataFrame, values: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Values of very few masks, where the set has several classes."""
    several = masks[masks["form"].isin(["labels", "colours"])]
    if several.empty or len(masks) < 1 / _RARE:
        return
    number = Counter(value for mask in masks["mask"] for value in values[mask])
    rare = {value for value, held in number.items() if held <= _RARE * len(masks)}
    wrong = several[several["mask"].map(lambda mask: bool(rare & set(values[mask])))]
    if wrong.empty:
        return
    shown = listed([f"{value} (in {counted(number[value], 'mask')})" for value in sorted(rare)], 8)
    yield Finding(
        check="mask.values",
        severity="warning",
        message=f"{share(len(wrong), len(masks))} masks hold values that hardly any other holds: {shown}.",
        cases=cases(wrong["image"]),
        evidence={"values": {value: number[value] for value in sorted(rare)}},
        remedy="Look at these masks: a stray value is a slip of the tool, or a class too rare to learn",
        source=_SOURCE,
    )
