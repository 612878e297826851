"""Everything a report is made from, read once from the study folder; what is missing is never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.case.study import Study
from thirdeye.case.study_names import NAMES_FILE, names_of
from thirdeye.errors import StudyMismatch
from thirdeye.report.clean import clean, clean_tree
from thirdeye.report.exploratory import mark_exploratory
from thirdeye.report.located.names import LOCATED
from thirdeye.report.named import named_examples, named_plan, named_table, named_tree

if TYPE_CHECKING:
    import pandas as pd

FILES: dict[str, str] = {
    "findings.json": "what was understood of the data and what the checks found",
    "dataset.csv": "which case went into which part",
    "fingerprint.json": "the facts of the data that the plan rests on",
    "plan.json": "every decision about training with its reason",
    "model/model.json": "the trained reader",
    "runs/stages.json": "what each stage of training reached",
    "runs/curves.csv": "the training curves",
    "predictions.csv": "the probability of every case",
    "evaluation.json": "the measured performance",
    "explanation/sanity.json": "the sanity exam of the heat maps",
    "explanation/examples.json": "examples with heat maps",
    "provenance.json": "versions, hashes, hardware and durations",
}

# What a task that says where something is does not write: the marks themselves show what was found where.
NOT_LOCATED = ("runs/stages.json", "explanation/sanity.json", "explanation/examples.json")

# What a system that brings its own learning does not write.
NOT_SYSTEM = (*NOT_LOCATED, "runs/curves.csv")

PUBLISHED = "published.json"  # only where the study follows a published system

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The files of a study, parsed; a missing or unreadable one is an empty mapping or None.

    Args:
        study: the folder, for pictures.
        findings, fingerprint, plan, model, stages, evaluation, sanity, examples, provenance: JSON files.
        dataset, predictions, curves: tables, every text cell a string; None where there is no table.
        missing: file names that are not there, in the order of `FILES`.
        unreadable: file name to what is wrong with it.
        published: the published system that the study follows; empty where it follows none.
        called: class, as files keep it, to the name by which everything here calls it, where it has another.
        names_from: where these names come from, in words.
    """

    study: Study
    findings: Json
    fingerprint: Json
    plan: Json
    model: Json
    stages: Json
    evaluation: Json
    sanity: Json
    examples: Json
    provenance: Json
    dataset: pd.DataFrame | None
    predictions: pd.DataFrame | None
    curves: pd.DataFrame | None
    missing: tuple[str, ...]
    unreadable: Mapping[str, str]
    published: Json = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    names_from: str = ""

    @property
    def cluster(self) -> str:
        """What several images may belong to, in the singular: "patient", "lesion" or "group"."""
        group = str(self.fingerprint.get("group") or "patient").lower()
        known = (noun for noun in ("patient", "lesion") if noun in group)
        return next(known, "patient" if group == "image" else "group")

    @property
    def drawn_by(self) -> str:
        """What intervals are drawn by: the cluster, or "image" where no patient is known."""
        return "image" if self.fingerprint.get("group") == "image" else self.cluster

    def plan_value(self, name: str, default: Any = None) -> Any:
        """The value of one field of the plan; `default` where the plan or the field is missing."""
        return self.plan.get("values", {}).get(name, {}).get("value", default)

    @property
    def task(self) -> str | None:
        """Kind of decision, from whichever file knows it."""
        return self.evaluation.get("task") or self.plan_value("task") or self.model.get("task")

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in output order; empty where no file knows them."""
        known = self.plan_value("classes") or self.model.get("classes") or self.evaluation.get("classes")
        return tuple(str(name) for name in known or ())

    @property
    def several_labels(self) -> bool:
        """Whether an image may carry several of the classes (joined by "|" in ``dataset.csv``)."""
        return self.task == "multilabel" or self.task in LOCATED

    @property
    def positive(self) -> str | None:
        """The class that counts as diseased (binary)."""
        return self.evaluation.get("positive") or self.plan_value("positive") or self.model.get("positive")

    @property
    def heat_maps_passed(self) -> bool | None:
        """Whether the heat maps passed their sanity exam; None when it was not taken."""
        if "passed" in self.sanity:
            return self.sanity["passed"]
        passed: bool | None = (self.model.get("sanity") or {}).get("passed")
        return passed

    def picture(self, name: object) -> bytes | None:
        """The bytes of a PNG file inside the study; None where there is none (or where it lies outside)."""
        if not isinstance(name, str) or not name:
            return None
        folder = self.study.folder.resolve()
        path = self.study.path(name).resolve()
        if not path.is_relative_to(folder) or path.suffix.lower() != ".png" or not path.is_file():
            return None
        return path.read_bytes()


def read_evidence(folder: Path) -> Evidence:
    """Reads what is there; never raises for a file that is missing or broken."""
    study = Study(folder)
    problems: dict[str, str] = {}
    trees = {name: _json(study, name, problems) for name in FILES if name.endswith(".json")}
    tables = {name: _table(study, name, problems) for name in FILES if name.endswith(".csv")}
    found = Evidence(
        study=study,
        findings=trees["findings.json"],
        fingerprint=trees["fingerprint.json"],
        plan=trees["plan.json"],
        model=trees["model/model.json"],
        stages=trees["runs/stages.json"],
        evaluation=mark_exploratory(trees["evaluation.json"]),
        sanity=trees["explanation/sanity.json"],
        examples=trees["explanation/examples.json"],
        provenance=trees["provenance.json"],
        dataset=tables["dataset.csv"],
        predictions=tables["predictions.csv"],
        curves=tables["runs/curves.csv"],
        missing=tuple(name for name in FILES if not study.has(name)),
        unreadable=problems,
        published=_json(study, PUBLISHED, problems),
    )
    unwritten = NOT_LOCATED if found.task in LOCATED else NOT_SYSTEM if found.model.get("system") else ()
    found = replace(found, missing=tuple(name for name in found.missing if name not in unwritten))
    return _with_names(found, problems)


def _with_names(found: Evidence, problems: dict[str, str]) -> Evidence:
    """The same with every class called by its name."""
    try:
        names = names_of(found.study, found.classes)
    except StudyMismatch as error:
        problems[NAMES_FILE] = str(error)
        return found
    classes = dict.fromkeys((*found.classes, *names.by_class))
    called = names.changed(classes)
    if not called:
        return found
    return replace(
        found,
        fingerprint=named_tree(found.fingerprint, names.of, classes),
        model=named_tree(found.model, names.of, classes),
        evaluation=named_tree(found.evaluation, names.of, classes),
        examples=named_examples(named_tree(found.examples, names.of, classes), called),
        plan=named_plan(found.plan, names.of),
        dataset=named_table(found.dataset, names.of),
        predictions=named_table(found.predictions, names.of),
        called=called,
        names_from=names.source,
    )


def _json(study: Study, name: str, problems: dict[str, str]) -> Json:
    if not study.has(name):
        return {}
    try:
        tree = study.read_json(name)
    except StudyMismatch as error:
        problems[name] = str(error)
        return {}
    if not isinstance(tree, dict):
        problems[name] = f"{name} holds {type(tree).__name__} where an object was expected"
        return {}
    cleaned: Json = clean_tree(tree)
    return cleaned


def _table(study: Study, name: str, problems: dict[str, str]) -> pd.DataFrame | None:
    if not study.has(name):
        return None
    import pandas as pd

    try:
        table = pd.read_csv(study.path(name), dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        problems[name] = f"{name} is not a readable table ({error})"
        return None
    table.columns = [clean(str(column)) for column in table.columns]
    for column in table.columns:
        table[column] = table[column].map(clean)
    if {"patient", "image"} <= set(table.columns) and (table["patient"] == table["image"]).all():
        table["patient"] = ""  # each image was declared a patient of its own: no patient is named
    return table
