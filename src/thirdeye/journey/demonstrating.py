"""`demo`: sample data, the whole journey, and where to look."""

from __future__ import annotations

from pathlib import Path

from thirdeye.dataset.phantoms import write_phantoms
from thirdeye.errors import UsageError
from thirdeye.journey.results import Validated
from thirdeye.journey.running import run
from thirdeye.training.event import Event, Listener, silent

PHANTOMS = "phantoms"
PATIENTS = 200


def demo(
    out: str | Path = "demo",
    *,
    sample: str = PHANTOMS,
    budget: str | float = "3m",
    seed: int = 0,
    tell: Listener = silent,
) -> Validated:
    """Make or fetch a sample and run the journey on it.

    Args:
        out: folder that gets the sample in ``data`` and the study in ``study``.
        sample: "phantoms" (made here, needs no network), or a public set by name ("breastmnist").
        budget: time that the run may take.
        seed: of phantoms and training.
        tell: hears how it goes.

    Raises:
        UsageError: the sample is unknown.
        StageFailed: a public set cannot be fetched; the message says how to get it by hand.
    """
    folder = Path(out)
    data = (
        _phantoms(folder / "data", seed, tell)
        if sample == PHANTOMS
        else _public(sample, folder / "data", tell)
    )
    return run(data, folder / "study", budget=budget, seed=seed, tell=tell)


def _phantoms(folder: Path, seed: int, tell: Listener) -> Path:
    table = folder / "cases.csv"
    if not table.is_file():
        tell(Event("stage", "Phantoms: chest films of people who do not exist"))
        write_phantoms(folder, patients=PATIENTS, seed=seed)
    return table


def _public(sample: str, folder: Path, tell: Listener) -> Path:
    from thirdeye.dataset.public import PUBLIC_SETS, fetch

    if sample not in PUBLIC_SETS:
        raise UsageError(f"no sample is called '{sample}'; there are: {', '.join((PHANTOMS, *PUBLIC_SETS))}")
    tell(Event("stage", f"Fetching {sample}"))
    return fetch(sample, folder)
