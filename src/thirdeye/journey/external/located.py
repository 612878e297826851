"""External validation of a reader that says where something is: masks, boxes or points from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.elsewhere import against_test
from thirdeye.journey.evaluated import EXTERNAL
from thirdeye.journey.external.asked import External
from thirdeye.journey.external.frame import Cleared, Frame, name_of, verified
from thirdeye.journey.external.located_cases import LocatedCases, open_located
from thirdeye.journey.located.tasks import located_task
from thirdeye.journey.material import task_of
from thirdeye.journey.results import Validated
from thirdeye.report.located.measures import located_measure
from thirdeye.report.located.tasks import located_words
from thirdeye.training.event import Event, Listener

MODEL = "model/model.json"


def validate_located_on(
    folder: Path, on: Path, asked: External, *, data: Path | None, reason: str | None, tell: Listener
) -> Validated:
    """Measure a study's reader on external masks, boxes or points.

    Args:
        folder: of the study.
        on: the external data.
        asked: what the user said about them.
        data: where the study's own images lie; None: where they lay.
        reason: of a further look.
        tell: hears how it goes.

    Raises:
        UsageError, DataRefused, StudyMismatch: as `validate`.
    """
    started = time.monotonic()
    study, ledger = verified(folder, on)
    task, model = task_of(study), study.read_json(MODEL)
    _refuse_options(asked, task)
    classes = tuple(model["classes"])
    frame = Frame(
        study, ledger, name_of(on, asked), on, asked, study.sha256(MODEL), started, reason, tell
    )  # fmt: skip
    tell(Event("stage", "External data"))
    axes = int((model.get("preparation") or {}).get("axes", 2))
    found = open_located(on, task, classes, asked, axes=axes, tell=tell)
    seed = int(study.read_json("plan.json")["values"]["seed"]["value"])
    cleared = frame.clear(found.cases, data, seed=seed)
    with frame.stage() as outputs:
        found = LocatedCases(cleared.cases, found.marks)
        entry, table = _measured(frame, cleared, found.dataset(task, classes), found, task)
        entry["looks"] = frame.counted_look(cleared.sha256)
        written = frame.write_tables(table, cleared)
        if entry.get("label"):
            outputs.append(f"{frame.place}/label_predictions.csv")
        outputs += [*written, *sorted({one["picture"] for one in entry.get("drawn") or ()})]
    evidence = frame.evidence_with(entry)
    compared = compared_with_test(evidence, frame.name)
    if compared is not None:
        entry["against_test"] = compared
    return frame.keep(evidence)


def _refuse_options(asked: External, task: str) -> None:
    """What belongs to classes cannot be said of marks.

    Raises:
        UsageError: another task, an order, a positive class, a prevalence or subgroups.
    """
    said = asked.options.get("task")
    if said not in (None, task):
        raise UsageError(f"--task {said}: the reader's task is {task}, and external data take the same")
    for option in ("order", "positive", "prevalence"):
        beside_masks = option == "positive" and task == "segmentation"
        if asked.options.get(option) and not beside_masks:
            raise UsageError(f"--{option} is for readers of whole images, and this is a study of {task}")
    if asked.subgroups:
        raise UsageError(f"--subgroup: groups are not measured in a study of {task} yet; leave it out")


def _measured(
    frame: Frame, cleared: Cleared, dataset: Dataset, found: LocatedCases, task: str
) -> tuple[dict[str, Any], str]:
    """The entry of the set without its looks, and the table of what was read."""
    entry, table = located_task(task).elsewhere(
        frame.study, dataset, found.marks, name=frame.name,
        own=cleared.own.dataset if frame.asked.traditional else None, tell=frame.tell,
    )  # fmt: skip
    entry |= {"leaks": cleared.leaks.as_json(), "source": frame.source(cleared)}
    entry["warnings"] = [*cleared.cases.notes, *_no_comparison(entry, frame.asked), *entry["warnings"]]
    return entry, table


def compared_with_test(evidence: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The main measure of an external set against that of the test part; None where they share none.

    Args:
        evidence: content of ``evaluation.json``.
        name: of the set ("external:NAME").
    """
    words = located_words(str(evidence["task"]))
    own, other = (evidence["sets"].get(one, {}).get("metrics") or [] for one in ("test", name))
    for headline in words.headlines if words else ():
        mine = [one for one in own if _is(one, headline)]
        for metric in sorted(mine, key=lambda one: one.get("class") is not None):
            twin = [one for one in other if _key(one) == _key(metric)]
            if twin and twin[0].get("value") is not None and not _unlike(evidence, name, metric):
                known = located_measure(str(metric["name"]))
                title = (known[0] if known else str(metric["name"])) + (
                    f" of {metric['class']}" if metric.get("class") else ""
                )
                return against_test(metric, twin[0], name=f"'{name.removeprefix(EXTERNAL)}'", title=title)
    return None


def _is(metric: Mapping[str, Any], headline: str) -> bool:
    name = str(metric.get("name"))
    fits = name.startswith(headline[:-1]) if headline.endswith("*") else name == headline
    return fits and not metric.get("operating_point")


def _key(metric: Mapping[str, Any]) -> tuple[Any, ...]:
    return metric.get("name"), metric.get("class"), metric.get("operating_point")


def _unlike(evidence: Mapping[str, Any], name: str, metric: Mapping[str, Any]) -> bool:
    """A mean over structures of which the data lack some is no figure of the same thing."""
    source = evidence["sets"][name].get("source") or {}
    return not metric.get("class") and bool(source.get("missing_classes"))


def _no_comparison(entry: Mapping[str, Any], asked: External) -> list[str]:
    if entry.get("comparisons"):
        return []
    if not asked.traditional:
        return ["The traditional technique was not compared on these data: the user left it out."]
    return [
        "The traditional technique was not compared on these data: it has to be fitted again, for which the "
        "study's own images are needed (--data)."
    ]
