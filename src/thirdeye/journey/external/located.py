"""External validation of a reader that says where something is: masks, boxes or points from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.evaluation.elsewhere import against_test
from thirdeye.intake.words import counted
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL, reader_hash, validation_key
from thirdeye.journey.external.asked import External, refuse_place, refuse_taken, set_name
from thirdeye.journey.external.cases import refuse_nothing_left
from thirdeye.journey.external.files import excluded_csv
from thirdeye.journey.external.leaks import Leaks, find_leaks
from thirdeye.journey.external.located_cases import LocatedCases, open_located
from thirdeye.journey.external.own import own_side
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.tasks import located_task
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import task_of
from thirdeye.journey.results import Validated
from thirdeye.journey.training import training_key
from thirdeye.journey.validated.keeping import keep_validated
from thirdeye.report.located.measures import located_measure
from thirdeye.report.located.tasks import located_words
from thirdeye.training.event import Event, Listener


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
    started, study = time.monotonic(), Study(folder)
    refuse_place(folder, on)
    ledger = Ledger(study)
    ledger.verify("plan")
    ledger.verify("train", training_key(study))
    ledger.verify("validate", validation_key(study))
    task, model = task_of(study), study.read_json("model/model.json")
    _refuse_options(asked, task)
    classes = tuple(model["classes"])
    name = EXTERNAL + set_name(on.resolve().name if asked.name is None else asked.name)
    tell(Event("stage", "External data"))
    axes = int((model.get("preparation") or {}).get("axes", 2))
    found = open_located(on, task, classes, asked, axes=axes, tell=tell)
    refuse_nothing_left(found.cases)
    sha256, looks = found.cases.sha256(), Looks(study, ledger)
    looks.refuse_without_reason(name, sha256, reason)
    refuse_taken(study, name, sha256)
    tell(Event("stage", "Leaks"))
    own = own_side(study, data, tell)
    seed = int(study.read_json("plan.json")["values"]["seed"]["value"])
    leaks = find_leaks(found.cases, own.sketch, own.rows, same_patients=asked.same_patients, seed=seed)
    for sentence in leaks.notes:
        tell(Event("note", sentence))
    found = LocatedCases(found.cases.without(leaks.reasons, *leaks.notes), found.marks)
    refuse_nothing_left(found.cases)
    tell(Event("stage", f"Validation on {counted(len(found.cases.kept), 'external image')}"))
    with ledger.stage(name, "", started=started) as outputs:
        entry, table = located_task(task).elsewhere(
            study, found.dataset(task, classes), found.marks, name=name,
            own=own.dataset if asked.traditional else None, tell=tell,
        )  # fmt: skip
        entry |= _about(study, found, leaks, name, on, asked, sha256)
        entry["warnings"] = [*found.cases.notes, *_no_comparison(entry, asked), *entry["warnings"]]
        number = looks.count(name, sha256, model_sha256=study.sha256("model/model.json"), reason=reason)
        entry["looks"] = {"count": number, "reasons": [one.reason for one in looks.at(sha256) if one.reason]}
        place = f"external/{name.removeprefix(EXTERNAL)}"
        written = {
            f"{place}/predictions.csv": table,
            f"{place}/excluded.csv": excluded_csv(found.cases.excluded),
        }
        for path, text in written.items():
            study.write_text(path, text)
        if entry.get("label"):
            outputs.append(f"{place}/label_predictions.csv")
        outputs += [*written, *sorted({one["picture"] for one in entry.get("drawn") or ()})]
    evidence = study.read_json(EVALUATION_FILE)
    evidence["sets"][name] = entry
    compared = compared_with_test(evidence, name)
    if compared is not None:
        entry["against_test"] = compared
    ledger.content["stages"][name]["key"] = key_of(entry)
    ledger.rewrite_json("validate", EVALUATION_FILE, evidence)
    keep_validated(study)
    return Validated(study.folder, evidence, name)


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


def _about(
    study: Study, found: LocatedCases, leaks: Leaks, name: str, on: Path, asked: External, sha256: str
) -> dict[str, Any]:
    """Where the set comes from, what was left out, and how it stands beside the test part."""
    collection, match = found.cases.collection, found.cases.match
    return {
        "leaks": leaks.as_json(),
        "source": {
            "name": name.removeprefix(EXTERNAL),
            "data": on.resolve().name,
            "layout": collection.layout,
            "part": asked.part,
            "data_sha256": sha256,
            "reader_sha256": reader_hash(study),
            "model_sha256": study.sha256("model/model.json"),
            "n": len(found.cases.kept),
            "n_found": len(found.cases.rows),
            "patients_known": found.cases.patients_known,
            "classes": dict(match.known),
            "missing_classes": list(match.missing),
            "extra_classes": list(match.extra),
        },
    }


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
