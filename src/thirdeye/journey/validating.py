"""`validate`: look at the untouched test part, once, and write the evidence down; or at external data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.external.asked import External
from thirdeye.journey.external.located import validate_located_on
from thirdeye.journey.external.validating import validate_on
from thirdeye.journey.located.refuse import is_located
from thirdeye.journey.on_test_part import validate_test_part
from thirdeye.journey.options import DataOptions
from thirdeye.journey.results import Validated
from thirdeye.journey.shaped.refuse import refuse_system_study
from thirdeye.training.event import Listener, silent


def validate(
    study: str | Path,
    *,
    on: str | Path | None = None,
    data: str | Path | None = None,
    reason: str | None = None,
    name: str | None = None,
    mapping: Mapping[str, Sequence[str]] | None = None,
    part: str | None = None,
    same_patients: bool = False,
    traditional: bool = True,
    subgroups: Sequence[str] = (),
    cost_ratios: Sequence[float] = (),
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Validated:
    """Measure the reader of a trained study: on its own test part, or on data from elsewhere.

    Args:
        study: folder with a trained reader; for external data one that was validated.
        on: external data (folder, table or archive), opened as `check` does; None: the study's own test part.
        data: where the images of the study lie; None: where they lay when it was planned.
        reason: why cases are looked at again; needed for the second and every further look at them.
        name, mapping, part, same_patients, traditional: of an external validation, see `External`.
        subgroups: columns to group the cases by, beside those that are found to tell groups apart.
        cost_ratios: of the study's own test part, see `validate_test_part`.
        tell: hears how it goes.
        options: what can be said about `on`, see `DataOptions`; `prevalence` alone also of the test part.

    Raises:
        UsageError: an option does not fit, a further look has no reason, or the study is of a system that is
            run as a whole.
        DataRefused: the external data cannot be evaluated.
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    place = None if data is None else Path(data)
    prevalence = options.pop("prevalence", None) if on is None else None
    asked = External(
        name=name, mapping=dict(mapping or {}), part=part, same_patients=same_patients,
        traditional=traditional, options=options,
    )  # fmt: skip
    refuse_system_study(Study(Path(study)), "validate")
    if on is not None and cost_ratios:
        raise UsageError("--cost-ratio belongs to the study's own test part, not to --on DATA")
    if on is not None:
        asked = replace(asked, subgroups=tuple(subgroups))
        if is_located(Study(Path(study))):
            return validate_located_on(Path(study), Path(on), asked, data=place, reason=reason, tell=tell)
        return validate_on(Path(study), Path(on), asked, data=place, reason=reason, tell=tell)
    if asked != External():
        raise UsageError("these options describe external data; name them with --on DATA")
    return validate_test_part(
        study, data=data, reason=reason, subgroups=subgroups, prevalence=prevalence, cost_ratios=cost_ratios,
        tell=tell,
    )  # fmt: skip
