"""Table 1: who and what is in each part of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.shift import standardised_difference, standardised_difference_of_shares
from thirdeye.report.cases import class_count, cross_fitted_folds, part_count, rows_of, splits_present
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import SPLITS
from thirdeye.report.numbers import number
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, notes, row
from thirdeye.report.publication.variables import Variable, known, numbers, variables

if TYPE_CHECKING:
    import pandas as pd

_MOST_LEVELS = 12


def characteristics_table(evidence: Evidence) -> JournalTable | None:
    """Patients, images, classes and every variable that the data name; None without a table of cases.

    The last column is the standardised difference between the part that the network learnt from and the test
    part; above 0.1 it is often called a difference worth knowing (Austin 2009).
    """
    table = evidence.dataset
    if table is None:
        return None
    parts = [split for split in splits_present(table) if split != "excluded"]
    used = table[table["split"] != "excluded"] if "split" in table else table
    rows = {"All": used, **{_title(table, split, parts): rows_of(table, split) for split in parts}}
    compared = _compared(rows)
    lines = [*_sizes(evidence, rows), *_classes(evidence, rows, compared)]
    found = variables(used)
    people = {name: _one_row_each(part) for name, part in rows.items()}
    by_person = _constant(used, found)
    for variable in found:
        basis = people if variable.column in by_person else rows
        lines += _variable(variable, basis, _pick(basis, compared))
    return JournalTable(
        "table1_characteristics",
        "1",
        f"Characteristics of the {evidence.cluster}s and images, by part of the data",
        columns("Characteristic", *rows, "SMD"),
        tuple(lines),
        notes(_notes(evidence, found, by_person, compared)),
    )


def _title(table: pd.DataFrame, split: str, parts: Sequence[str]) -> str:
    crosswise = split == "train" and "validation" not in parts and cross_fitted_folds(table) > 1
    return "Development" if crosswise else SPLITS[split]


def _compared(rows: dict[str, pd.DataFrame]) -> tuple[str, str] | None:
    names = list(rows)[1:]
    return (names[0], names[-1]) if len(names) > 1 and names[-1] == SPLITS["test"] else None


def _pick(rows: dict[str, pd.DataFrame], names: tuple[str, str] | None) -> tuple[pd.DataFrame, ...]:
    return () if names is None else (rows[names[0]], rows[names[1]])


def _sizes(evidence: Evidence, rows: dict[str, pd.DataFrame]) -> list[JournalRow]:
    counts = [part_count(part, name, evidence.cluster) for name, part in rows.items()]
    patients = ["not named" if one.patients is None else f"{one.patients:,}" for one in counts]
    lines = [row(f"{evidence.cluster.capitalize()}s, n", *patients, "")]
    if any(one.cases != one.images for one in counts):
        lines.append(row("Cases, n", *(f"{one.cases:,}" for one in counts), ""))
    return [*lines, row("Images, n", *(f"{one.images:,}" for one in counts), "")]


def _classes(
    evidence: Evidence, rows: dict[str, pd.DataFrame], compared: tuple[str, str] | None
) -> list[JournalRow]:
    if not evidence.classes:
        return []
    several = evidence.several_labels
    counts = {
        name: {c: class_count(part, c, multilabel=several) for c in evidence.classes}
        for name, part in rows.items()
    }
    smd = "" if compared is None or several else _smd_of_shares(*(counts[name] for name in compared))
    located = located_words(evidence.task)
    noun = located.noun.capitalize() if located else "Label" if several else "Class"
    head = f"{noun}, n (% of images)"
    lines = [row(head, *[""] * len(rows), smd)]
    for c in evidence.classes:
        shown = f"{c} (counts as positive)" if c == evidence.positive else c
        cells = (_share(counts[name][c], len(part)) for name, part in rows.items())
        lines.append(row(shown, *cells, "", indent=True))
    return lines


def _share(count: int, of: int) -> str:
    return f"{count:,} ({number(count / of, percent=True)})" if of else "0"


def _smd(metric: Metric) -> str:
    return "not defined" if metric.value is None else number(abs(float(metric.value)), digits=2)


def _smd_of_shares(first: dict[str, int], second: dict[str, int]) -> str:
    return _smd(standardised_difference_of_shares(first, second, name="categories"))


def _one_row_each(part: pd.DataFrame) -> pd.DataFrame:
    """One row per patient where patients are named."""
    if "patient" not in part or (part["patient"] == "").any():
        return part
    return part.drop_duplicates("patient")


def _constant(table: pd.DataFrame, found: Sequence[Variable]) -> set[str]:
    """Columns that never change within a patient: they are counted by patient."""
    if "patient" not in table or (table["patient"] == "").any():
        return set()
    per_patient = table.groupby("patient")[[one.column for one in found]].nunique()
    return {one.column for one in found if bool((per_patient[one.column] <= 1).all())}


def _variable(
    variable: Variable, rows: dict[str, pd.DataFrame], compared: tuple[pd.DataFrame, ...]
) -> list[JournalRow]:
    write = _number if variable.kind == "number" else _category
    lines = write(variable, rows, compared)
    unknown = [len(part) - len(known(part[variable.column])) for part in rows.values()]
    if any(unknown):
        cells = (_share(n, len(part)) for n, part in zip(unknown, rows.values(), strict=True))
        lines.append(row("not known", *cells, "", indent=True))
    return lines


def _number(
    variable: Variable, rows: dict[str, pd.DataFrame], compared: tuple[pd.DataFrame, ...]
) -> list[JournalRow]:
    values = [numbers(part[variable.column]) for part in rows.values()]
    sides = [numbers(part[variable.column]).tolist() for part in compared]
    smd = _smd(standardised_difference(*sides, name=variable.title)) if sides else ""
    moments = [
        f"{one.mean():.1f} ({one.std(ddof=1):.1f})" if len(one) > 1 else "not defined" for one in values
    ]
    spans = [f"{_end(one.min())} to {_end(one.max())}" if len(one) else "none" for one in values]
    return [
        row(f"{variable.title}, mean (SD)", *moments, smd),
        row("range", *spans, "", indent=True),
    ]


def _end(value: float) -> str:
    """The end of a range: whole numbers as they are, others to three digits."""
    if float(value).is_integer():
        return f"{value:g}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _category(
    variable: Variable, rows: dict[str, pd.DataFrame], compared: tuple[pd.DataFrame, ...]
) -> list[JournalRow]:
    values = {name: known(part[variable.column]) for name, part in rows.items()}
    counts = {name: one.value_counts().to_dict() for name, one in values.items()}
    levels = sorted(counts["All"], key=lambda level: (-counts["All"][level], str(level)))
    smd = _smd_of_shares(*(_counts(part[variable.column]) for part in compared)) if compared else ""
    lines = [row(f"{variable.title}, n (%)", *[""] * len(rows), smd)]
    shown = levels if len(levels) <= _MOST_LEVELS + 1 else levels[:_MOST_LEVELS]
    for level in shown:
        cells = (_share(counts[name].get(level, 0), len(part)) for name, part in rows.items())
        lines.append(row(str(level), *cells, "", indent=True))
    if rest := levels[len(shown) :]:
        cells = (
            _share(sum(counts[name].get(level, 0) for level in rest), len(part))
            for name, part in rows.items()
        )
        lines.append(row(f"{len(rest)} other values", *cells, "", indent=True))
    return lines


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(level): int(n) for level, n in known(values).value_counts().items()}


def _notes(
    evidence: Evidence, found: Sequence[Variable], by_person: set[str], compared: tuple[str, str] | None
) -> list[str]:
    lines = []
    if compared is not None:
        lines.append(
            f"SMD: absolute standardised difference between {compared[0].lower()} and test part (of means, "
            "Austin 2009; of proportions, Yang and Dalton 2012); SD: standard deviation."
        )
    if found and by_person:
        counted = ", ".join(one.title.lower() for one in found if one.column in by_person)
        lines.append(f"Counted by {evidence.cluster}: {counted}.")
    of_images = [one.title.lower() for one in found if one.column not in by_person]
    if of_images:
        lines.append(f"Counted by image: {', '.join(of_images)}.")
    if not found:
        lines.append("The data name neither age, sex, site nor device.")
    located = located_words(evidence.task)
    if evidence.several_labels:
        lines.append(f"An image may carry several {located.nouns if located else 'labels'}.")
    return lines
