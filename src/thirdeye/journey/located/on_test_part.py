"""`validate` for a reader that says where something is: one counted look at the test part."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.journey.evaluated import EVALUATION_FILE, PREDICTIONS_FILE, kept_and_dropped, test_part_hash
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.located.tasks import located_task
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import read_study_dataset, task_of
from thirdeye.journey.results import Validated
from thirdeye.journey.validated.keeping import keep_validated
from thirdeye.training.event import Event, Listener


def validate_located(
    place: Study, data: Path | None, key: str, reason: str | None, tell: Listener
) -> Validated:
    """Measure on the test part and write the evidence down.

    Args:
        place: study with a trained reader, verified.
        data: where the images lie; None: where they lay when the study was planned.
        key: what the evidence depends on.
        reason: why the test part is looked at again.
        tell: hears how it goes.

    Raises:
        UsageError: a further look has no reason.
    """
    ledger = Ledger(place)
    dataset = read_study_dataset(place, data)
    looks, cases = Looks(place, ledger), test_part_hash(dataset)
    looks.refuse_without_reason("test", cases, reason)
    external, dropped = kept_and_dropped(place, ledger)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        evidence, table = located_task(task_of(place)).evaluate(place, dataset, tell=tell)
        model = place.sha256("model/model.json")
        evidence["test_looks"] = looks.count("test", cases, model_sha256=model, reason=reason)
        evidence["sets"] |= external
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, table)
        drawn = evidence["sets"].get("test", {}).get("drawn") or ()
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE, *sorted({one["picture"] for one in drawn})]
    keep_validated(place)
    for name in dropped:
        tell(Event("note", f"{name} was measured with an earlier reader and is dropped; measure it again"))
    return Validated(place.folder, evidence)
