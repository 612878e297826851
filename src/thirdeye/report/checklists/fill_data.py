"""What a run knows of the data: counts, parts, devices, what is missing, who is in them."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.intake.words import tokens
from thirdeye.report.canvas_fill import NOTHING, Filled, set_distribution, variety, volume_number, volume_size
from thirdeye.report.cases import excluded_reasons, patients_named, patients_on_two_sides, sites
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import count
from thirdeye.report.publication.characteristics import characteristics_table
from thirdeye.report.publication.variables import known, variables
from thirdeye.report.sections.method import plan_value_text
from thirdeye.report.sets import evidence_sets

_DEVICE_COLUMNS = ("modality", "manufacturer", "device", "model", "scanner", "vendor", "station")
_PROTOCOL_COLUMNS = ("body_part", "view", "laterality", "sequence", "photometric")
_DRAWN = "drawn at random, whole groups together, balanced by class"
ORIGINS = {
    "official": "the parts came with the data",
    "drawn": f"the parts were {_DRAWN}",
    "official test, validation drawn": f"the test part came with the data; the validation part was {_DRAWN}",
    "official validation, test drawn": f"the validation part came with the data; the test part was {_DRAWN}",
}


def dataset(evidence: Evidence) -> Filled:
    """Number, classes, sites."""
    parts = [volume_number(evidence), variety(evidence)]
    text = "; ".join(part.text for part in parts if part.text)
    return Filled(text, "dataset.csv, fingerprint.json") if text else NOTHING


def exclusions(evidence: Evidence) -> Filled:
    """What was left out, and why."""
    if evidence.dataset is None:
        return NOTHING
    reasons = excluded_reasons(evidence.dataset)
    text = "; ".join(f"{amount} left out: {reason}" for reason, amount in reasons.items())
    return Filled(text or "no image was left out", "dataset.csv")


def preprocessing(evidence: Evidence) -> Filled:
    """Size, resizing, intensity, and that it is one procedure for all."""
    found = volume_size(evidence)
    if not found.text or not evidence.plan:
        return NOTHING
    kept = [plan_value_text(name, evidence.plan_value(name)) for name in ("resize", "intensity")]
    checked = (
        f"; the checks of the data raised {count(_findings(evidence), 'finding')}"
        if evidence.findings
        else ""
    )
    text = f"{found.text}; {'; '.join(kept)}; the same for every image{checked}"
    return Filled(text, "fingerprint.json, plan.json, findings.json")


def _findings(evidence: Evidence) -> int:
    return len(evidence.findings.get("findings") or ())


def partition(evidence: Evidence) -> Filled:
    """Counts and shares of the parts, who drew them and with which seed."""
    found = set_distribution(evidence)
    if not found.text:
        return NOTHING
    origin = str(evidence.fingerprint.get("split_origin") or "")
    said = ORIGINS.get(origin, "")
    seed = evidence.provenance.get("seed")
    drawn = f" (seed {seed})" if "drawn" in origin and seed is not None else ""
    text = "; ".join(part for part in (found.text, said + drawn if said else "") if part)
    return Filled(text, "dataset.csv, fingerprint.json", complete=bool(origin) or found.complete)


def disjoint(evidence: Evidence) -> Filled:
    """What keeps the parts apart, and whether it was checked."""
    group = evidence.fingerprint.get("group")
    if not group or evidence.dataset is None:
        return NOTHING
    source = "fingerprint.json, dataset.csv"
    if not patients_named(evidence):
        return Filled(
            "by image only: no patient is named, so parts may share patients", source, complete=False
        )
    crossing = patients_on_two_sides(evidence.dataset)
    checked = f"{count(crossing or 0, evidence.cluster)} with images in more than one part"
    return Filled(f"parts and folds are disjoint by {group}; checked: {checked}", source)


def imbalance(evidence: Evidence) -> Filled:
    """Class counts and how they were met."""
    counts = (evidence.fingerprint.get("class_counts") or {}).get("all") or {}
    weighting = evidence.plan_value("class_weighting")
    if not counts or weighting is None:
        return NOTHING
    listed = ", ".join(f"{name} {amount:,}" for name, amount in counts.items())
    text = f"{listed}; rare classes in training: {plan_value_text('class_weighting', weighting)}"
    return Filled(text, "fingerprint.json, plan.json")


def characteristics(evidence: Evidence) -> Filled:
    """The first rows of Table 1, and which of age and sex the data do not hold."""
    table = characteristics_table(evidence)
    if table is None or evidence.dataset is None:
        return NOTHING
    parts = [column.title for column in table.columns[1:-1]]
    shown = [
        f"{one.cells[0]}: {_by_part(one.cells[1:-1], parts)}" for one in table.rows if any(one.cells[1:-1])
    ]
    titles = {one.title.lower() for one in variables(evidence.dataset)}
    missing = [name for name in ("age", "sex") if not any(name in title.split() for title in titles)]
    flag = f"; not in the data: {' and '.join(missing)}" if missing else ""
    return Filled("; ".join(shown[:14]) + flag, "dataset.csv", complete=not missing)


def _by_part(cells: tuple[str, ...], parts: list[str]) -> str:
    return ", ".join(f"{part.lower()} {cell}" for part, cell in zip(parts, cells, strict=True))


def devices(evidence: Evidence) -> Filled:
    """Modalities, devices and formats; that none is named is said."""
    found = _columns(evidence, _DEVICE_COLUMNS)
    formats = ", ".join(f"{name} ({n:,})" for name, n in (evidence.fingerprint.get("formats") or {}).items())
    if evidence.dataset is None or not (found or formats):
        return NOTHING
    named = any(not one.startswith("modality") for one in found)
    flag = "" if named else "the data name no device"
    text = "; ".join(part for part in (*found, f"formats: {formats}" if formats else "", flag) if part)
    return Filled(text, "dataset.csv, fingerprint.json", complete=named)


def protocol_of_images(evidence: Evidence) -> Filled:
    """What the headers say of the acquisition: body part, view, sequence."""
    found = _columns(evidence, _PROTOCOL_COLUMNS)
    if evidence.dataset is None:
        return NOTHING
    text = "; ".join(found) or "the data name no body part, view or sequence"
    return Filled(text, "dataset.csv", complete=False)


def _columns(evidence: Evidence, names: tuple[str, ...]) -> list[str]:
    table = evidence.dataset
    if table is None:
        return []
    said = []
    for name in names:
        values = known(table[name]).value_counts() if name in table else None
        if values is not None and len(values):
            levels = ", ".join(f"{value} ({n:,})" for value, n in values.head(8).items())
            said.append(f"{name.replace('_', ' ')}: {levels}")
    return said


def missing_data(evidence: Evidence) -> Filled:
    """Unreadable files, gaps in the table, and what was done about either."""
    if not evidence.findings or evidence.dataset is None:
        return NOTHING
    messages = [messages_of(evidence, check) for check in ("file.unreadable", "table.missing")]
    unreadable = messages[0] or "Every file could be read."
    gaps = messages[1] or _gaps(evidence)
    text = (
        f"{unreadable} {gaps} Nothing was imputed: the network reads the image alone.{_set_aside(evidence)}"
    )
    return Filled(text, "findings.json, dataset.csv, evaluation.json")


def _gaps(evidence: Evidence) -> str:
    table = evidence.dataset
    if table is None:
        return ""
    found = [(one.title.lower(), len(table) - len(known(table[one.column]))) for one in variables(table)]
    listed = ", ".join(f"{title} {n:,}" for title, n in found if n)
    return f"Not known: {listed}." if listed else "No variable of the cases has gaps."


def _set_aside(evidence: Evidence) -> str:
    for part in evidence_sets(evidence):
        reasons = part.content.get("n_excluded") or {}
        listed = ", ".join(f"{n:,} {reason}" for reason, n in reasons.items() if n)
        if part.name == "test" and listed:
            return f" Left out before the test part was measured: {listed}."
    return ""


def messages_of(evidence: Evidence, check: str) -> str:
    """The messages of one check, as one text."""
    found = [f for f in evidence.findings.get("findings") or [] if f.get("check") == check]
    return " ".join(str(one.get("message")) for one in found)


def finding_of(check: str) -> Callable[[Evidence], Filled]:
    """A filler from the messages of one check; a person has to complete it."""

    def fill(evidence: Evidence) -> Filled:
        text = messages_of(evidence, check)
        return Filled(text, "findings.json", complete=False) if text else NOTHING

    return fill


def population(evidence: Evidence) -> Filled:
    """Who is in the data, to be set against those in whom the reader will be used."""
    found = characteristics(evidence)
    named = sites(evidence)
    where = f"; {count(len(named), 'named site')}" if named else "; no site is named"
    return Filled(found.text + where, found.source, complete=False) if found.text else NOTHING


def setting(evidence: Evidence) -> Filled:
    """Sites, where the data name them."""
    named = sites(evidence)
    if not named:
        return NOTHING
    text = f"{count(len(named), 'named site')}: {plan_value_text('classes', named)}"
    return Filled(text, "dataset.csv", complete=False)


def dates(evidence: Evidence) -> Filled:
    """First and last month of a column of dates, where the data hold one."""
    import pandas as pd

    table = evidence.dataset
    if table is None:
        return NOTHING
    columns = [name for name in table.columns if "date" in tokens(name)]
    for name in columns:
        found = pd.to_datetime(table[name], errors="coerce", format="mixed").dropna()
        if len(found) and not {"birth", "born"} & set(tokens(name)):
            text = f"{name.replace('_', ' ')}: {found.min():%Y-%m} to {found.max():%Y-%m}"
            return Filled(text, "dataset.csv", complete=False)
    return NOTHING
