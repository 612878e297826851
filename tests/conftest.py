"""What all tests share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[1]
FIRST = ("test_notebook.py", "test_docs.py")  # whole journeys: at the end, one process would wait for them


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files whose tests take longest begin."""
    items.sort(key=lambda item: item.path.name not in FIRST)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder that all test processes of one run share: the first makes it, the others wait for it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        place, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                place.mkdir()
                make(place)
                done.touch()
        return place

    return made


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; a test that needs them is also marked `data`."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in ../{folder.parent.name}/{folder.name} beside the checkout")
    return folder


CASES = 36
RUN = {"image_size_px": 32, "epochs": 1, "folds": 2}  # the smallest journey that passes through every stage


def write_cases(folder: Path, cases: int = CASES, *, seed: int = 0) -> Path:
    """A table and as many pictures, half of them with a bright spot; 6 patients with two pictures each."""
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    lines = ["image,label,patient"]
    rows, columns = np.mgrid[:40, :40]
    for case in range(cases):
        pixels = rng.normal(90, 25, (40, 40))
        y, x = rng.integers(8, 32, 2)
        if case % 2:
            pixels += 70 * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 20)
        name = f"images/case {case:02d}.png"
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / name)
        patient = case - 2 if case % 6 in (2, 3) and case < 18 else case
        lines.append(f"{name},{('healthy', 'malignant')[case % 2]},p{patient}")
    (folder / "cases.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def make_cases() -> Callable[..., Path]:
    """Writes small labelled data into a folder."""
    return write_cases


@pytest.fixture(scope="session")
def known_machine() -> Iterator[None]:
    """One core of known speed: results of tests don't depend on where, and beside what, they run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thirdeye.journey.planning._speed", lambda: 20.0)
        patch.setattr("thirdeye.explanation.exam.sitting.GIGAFLOPS", 0.5)  # the class activation map alone
        for verb in ("training", "on_test_part", "scoring", "strata", "repeating"):
            patch.setattr(f"thirdeye.journey.{verb}.usable_cores", lambda: 1)
        yield


@pytest.fixture(scope="session")
def finished(once: Callable[[str, Callable[[Path], object]], Path], known_machine: None) -> Path:
    """A folder with small ``data`` and the ``study`` that a whole run made of them; not to be changed."""
    from thirdeye.journey.running import run

    def make(place: Path) -> None:
        run(write_cases(place / "data"), place / "study", budget="1h", overrides=RUN)

    return once("finished", make)
