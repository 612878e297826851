"""What the data look like, by the four V: the tables that stand before the findings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from thirdeye.intake.checks.check import About
from thirdeye.intake.class_counts import SEPARATOR, count_classes, count_images
from thirdeye.intake.collection import SPLITS
from thirdeye.intake.words import counted, listed
from thirdeye.report.clean import clean, shorten
from thirdeye.report.document import Block, Cell, Column, Facts, KeyNumber, KeyNumbers, Table
from thirdeye.report.trial.trial import Trial, said

_MOST_CLASSES = 40
_LABEL_ORIGINS = ("label_source", "dx_type", "label_origin", "proof", "confirmed_by")
_VARIETY = (
    ("Sites", ("site",)),
    ("Devices", ("device",)),
    ("Manufacturers", ("manufacturer",)),
    ("Modalities", ("modality",)),
    ("Body parts", ("body_part",)),
    ("Views", ("view",)),
    ("Sides", ("laterality",)),
    ("Sexes", ("sex", "gender", "patient_sex")),
    ("File formats", ("format",)),
    ("Colour model", ("photometric",)),
)


def key_numbers(trial: Trial) -> KeyNumbers:
    """The handful of numbers at the top."""
    rows, findings = trial.collection.rows, trial.examination.findings
    kinds = trial.readable["kind"].value_counts() if len(trial.readable) else pd.Series({"image": 0})
    unreadable = len(trial.facts) - len(trial.readable)
    patients = rows["patient"][rows["patient"] != ""].nunique()
    known = trial.collection.group != "image" and patients
    severities = [finding.severity for finding in findings]
    return KeyNumbers(
        (
            KeyNumber(
                f"{str(kinds.index[0]).capitalize()}s" if len(kinds) == 1 else "Items",
                f"{len(trial.facts):,}",
                f"{unreadable:,} cannot be read" if unreadable else "all can be read",
                _cases(trial),
            ),
            KeyNumber(
                "Patients",
                f"{patients:,}" if known else "unknown",
                f"from the {trial.collection.patient_origin}" if known else _unnamed(trial),
                "" if known else "leaks between parts cannot be seen",
            ),
            KeyNumber(
                "Classes",
                f"{len(trial.collection.classes):,}",
                trial.collection.task,
                f"positive: {clean(trial.collection.positive)}" if trial.collection.positive else "",
            ),
            KeyNumber(
                "Findings",
                f"{severities.count('error'):,} / {severities.count('warning'):,}",
                "errors / warnings",
                f"and {counted(severities.count('info'), 'note')}",
            ),
        )
    )


def portrait(trial: Trial, about: About) -> list[Block]:
    """The tables of one V."""
    makers: dict[About, Callable[[Trial], list[Block]]] = {
        "volume": _volume,
        "variety": _variety,
        "veracity": lambda trial: [],
        "velocity": _velocity,
    }
    return makers[about](trial)


def _unnamed(trial: Trial) -> str:
    return "each image one, you said" if trial.collection.patient_known else "nothing names them"


def _cases(trial: Trial) -> str:
    cases = trial.collection.rows["case"].nunique()
    return f"of {counted(cases, 'case')}" if cases != len(trial.facts) else ""


def _volume(trial: Trial) -> list[Block]:
    rows, classes = _labelled(trial), trial.collection.classes
    if not classes:
        return []
    parts = [split for split in SPLITS if (rows["split"] == split).any()]
    counts = [count_images(rows[rows["split"] == part], classes) for part in parts]
    counts.append(count_images(rows, classes))
    heads = [part.capitalize() for part in parts] + ["All images" if parts else "Images"]
    if trial.collection.group != "image":
        counts.append(count_classes(rows, classes))
        heads.append("Patients")
    lines: list[tuple[str | Cell, ...]] = [
        (_class_cell(trial, name), *(f"{column[name]:,}" for column in counts))
        for name in classes[:_MOST_CLASSES]
    ]
    more = len(classes) - len(lines)
    notes = (f"and {more:,} more classes",) if more else ()
    located = trial.examination.shown is not None
    columns = (Column("Shown" if located else "Class", weight=2), *(Column(h, numeric=True) for h in heads))
    caption = "How many show each structure" if located else "How many of each class"
    return [Table(columns, tuple(lines), caption, notes)]


def _labelled(trial: Trial) -> pd.DataFrame:
    """The rows with their label; of masks, boxes and points the names of what the image shows instead."""
    rows, shown = trial.collection.rows, trial.examination.shown
    if shown is None:
        return rows
    one = trial.collection.classes[:1]
    named = shown.assign(name=shown["name"].where(shown["name"] != "", "".join(one)))
    held = named.groupby("image")["name"].agg(lambda names: SEPARATOR.join(dict.fromkeys(names)))
    return rows.assign(label=rows["image"].map(held).fillna(""))


def _class_cell(trial: Trial, name: str) -> Cell:
    positive = name == trial.collection.positive
    return Cell(shorten(clean(name), 60), note="counts as positive" if positive else "")


def _variety(trial: Trial) -> list[Block]:
    pairs = [pair for pair in (_sizes(trial), _spacings(trial), _ages(trial)) if pair]
    for word, names in _VARIETY:
        values = trial.column(*names)
        pairs.append((word, _mix(values) if values is not None else "not stated"))
    stated = [pair for pair in pairs if pair[1] != "not stated"]
    silent = [word.lower() for word, text in pairs if text == "not stated"]
    if silent:
        stated.append(("Nothing is said of", ", ".join(silent)))
    return [Facts(tuple(stated))]


def _mix(values: pd.Series) -> str:
    """``"PNG 1,480, JPEG 20"``; what is missing is counted too."""
    words = said(values)
    counts = words[words != ""].value_counts()
    shown = ", ".join(f"{shorten(clean(str(name)), 40)} {n:,}" for name, n in counts.head(8).items())
    if len(counts) > 8:
        shown += f" and {len(counts) - 8} more"
    blank = int((words == "").sum())
    return f"{shown}; not stated for {blank:,}" if blank else shown


def _sizes(trial: Trial) -> tuple[str, str] | None:
    pictures = trial.readable
    if pictures.empty:
        return None
    volumes = bool((pictures["depth"] > 1).any())
    names = ("width", "height", "depth") if volumes else ("width", "height")
    sizes = pictures.groupby(list(names), sort=False).size().sort_values(ascending=False)
    common = " x ".join(str(int(part)) for part in sizes.index[0])
    signals = (pictures["kind"] == "signal").all()
    unit = "samples x channels" if signals else "voxels" if volumes else "pixels"
    if len(sizes) == 1:
        return "Size", f"all {common} {unit}"
    ranges = " x ".join(f"{int(pictures[n].min()):,} to {int(pictures[n].max()):,}" for n in names)
    return "Sizes", f"{len(sizes):,} different, {ranges} {unit}; most common {common} ({sizes.iloc[0]:,})"


def _spacings(trial: Trial) -> tuple[str, str]:
    spacing = (
        trial.readable["row_spacing_mm"] if "row_spacing_mm" in trial.readable else pd.Series(dtype=float)
    )
    known = spacing.dropna()
    if known.empty:
        return "Pixel spacing", "not stated"
    blank = len(spacing) - len(known)
    text = f"{known.min():.3g} to {known.max():.3g} mm, median {known.median():.3g}"
    return "Pixel spacing", f"{text}; not stated for {blank:,}" if blank else text


def _ages(trial: Trial) -> tuple[str, str]:
    values = trial.column("age", "patient_age", "age_years")
    if values is None:
        return "Ages", "not stated"
    known = pd.to_numeric(said(values).str.rstrip("Yy"), errors="coerce").dropna()
    if known.empty:
        return "Ages", "not stated"
    return (
        "Ages",
        f"{known.min():.0f} to {known.max():.0f}, median {known.median():.0f} ({len(known):,} images)",
    )


def label_facts(trial: Trial) -> Facts:
    """Who labelled, and how it was proven."""
    collection = trial.collection
    annotators = sorted(
        {str(name) for name in collection.readings["annotator"]}
        | {str(name) for name in collection.masks["annotator"]}
        | {str(name) for name in collection.regions["annotator"]} - {""}
    )
    annotators = [name for name in annotators if name]
    columns = [str(c) for c in collection.rows.columns if str(c).startswith("annotator_")]
    proof = trial.column(*_LABEL_ORIGINS)
    pairs = [
        (
            "Labels from",
            _first(collection.understood, "labels:", "label", "class", "mask", "box") or collection.layout,
        ),
        ("Who labelled", _annotators(annotators or columns)),
        ("How proven", _mix(proof) if proof is not None else "not stated: a label is as good as its proof"),
    ]
    if len(collection.masks):
        pairs.append(
            ("Masks", f"{len(collection.masks):,} for {collection.masks['image'].nunique():,} images")
        )
    if len(collection.regions):
        kinds = collection.regions["kind"].value_counts()
        pairs.append(("Marks", ", ".join(_marks(str(kind), int(n)) for kind, n in kinds.items())))
    return Facts(tuple((term, clean(text)) for term, text in pairs))


def _marks(kind: str, number_of: int) -> str:
    return counted(number_of, kind, {"box": "boxes"}.get(kind))


def _annotators(names: list[str]) -> str:
    if not names:
        return "not stated"
    return f"{counted(len(names), 'annotator')}: {listed(names, 8)}"


def _first(sentences: tuple[str, ...], *words: str) -> str:
    """The sentence that speaks of the first of `words` that any speaks of."""
    return next((s for word in words for s in sentences[1:] if word in s.lower()), "")


def _velocity(trial: Trial) -> list[Block]:
    speed, images = trial.examination.velocity, len(trial.facts)
    pairs = []
    if speed.training_images_per_s:
        epochs = images / speed.training_images_per_s
        pairs.append(
            (
                "Learning",
                f"{speed.training_images_per_s:.3g} images a second at 224 x 224 pixels: one pass over these "
                f"data takes {duration(epochs)}, twenty passes {duration(20 * epochs)}",
            )
        )
    else:
        pairs.append(("Learning", "not measured"))
    if speed.reading_images_per_s:
        pairs.append(
            (
                "Reading",
                f"{speed.reading_images_per_s:.3g} images a second: all of these take "
                f"{duration(images / speed.reading_images_per_s)}",
            )
        )
    else:
        pairs.append(("Reading", "not measured"))
    if speed.checking_images_per_s:
        pairs.append(("This check", f"{speed.checking_images_per_s:.3g} images a second"))
    if speed.bytes_total:
        pairs.append(("On disk", _bytes(speed.bytes_total)))
    return [Facts(tuple(pairs))]


def duration(seconds: float) -> str:
    """``"40 seconds"``, ``"12 minutes"``, ``"3.5 hours"``."""
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    if seconds < 5400:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.2g} hours" if seconds < 172800 else f"{seconds / 86400:.2g} days"


def _bytes(number_of: int) -> str:
    power = min(4, int(np.log10(max(1, number_of)) // 3))
    return f"{number_of / 1000**power:.3g} {('bytes', 'kB', 'MB', 'GB', 'TB')[power]}"
