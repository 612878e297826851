"""The cross-site design: networks of two hospitals and of both, tested at each and elsewhere."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.inference.engine import Engine
from thirdeye.plan.plan import Plan
from thirdeye.recipes.learning.cross_site_told import told
from thirdeye.recipes.learning.site_films import FILM_OPTIONS, films_to_read, open_films
from thirdeye.recipes.learning.site_member import BY_SITE, FIRST, SECOND, SiteMember, seen
from thirdeye.recipes.system import ANSWER, Cases, Further, Known, Learning, Member, Source, Values
from thirdeye.training.machine import use_threads
from thirdeye.training.sites.pictures import Pictures, even_rows

NETWORKS = (ANSWER, FIRST, SECOND)
SHARES = {ANSWER: 0.5, FIRST: 0.5, SECOND: 1.0}  # of the time that is left when each begins


@dataclass(frozen=True)
class CrossSite:
    """The system."""

    unit: str = "image"
    options: tuple[str, ...] = FILM_OPTIONS

    @property
    def sources(self) -> Mapping[str, Source]:
        """What is compared with the network of both sites."""
        return {
            FIRST: Source("network of the first site", "The same network, learnt at the first site alone."),
            SECOND: Source(
                "network of the second site", "The same network, learnt at the second site alone."
            ),
            BY_SITE: Source("order by site", "Never looks: the share of positives at each film's site."),
        }

    def check(self, values: Values) -> None:
        """Refuse other than two sites, and values that no training can have."""
        if len(values["sites"]) not in (0, 2):
            raise UsageError(f"sites names the two that are learnt from, or none (); got {values['sites']}")
        if values["balance"] not in ("none", "within_site"):
            raise UsageError(f"balance is 'none' or 'within_site', got '{values['balance']}'")
        if values["layers"] not in ("all", "head"):
            raise UsageError(f"layers is 'all' or 'head', got '{values['layers']}'")
        for name in ("epochs", "batch_size", "folds"):
            if values[name] < 1:
                raise UsageError(f"{name} is at least 1, got {values[name]}")
        if values["image_size_px"] < 32:
            raise UsageError(f"image_size_px is at least 32, got {values['image_size_px']}")

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        """Films with a hospital each; see `open_films`."""
        return open_films(data, values, options)

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        """New films; see `films_to_read`."""
        return films_to_read(data, values, options, known)

    def learn(self, cases: Cases, learning: Learning) -> Member:
        """The network of both sites, then that of each, and the probe on what the first one sees."""
        from thirdeye.training.sites.learn import site_probe

        use_threads(learning.threads)
        pictures, rng = _pictures(cases), np.random.default_rng(learning.seed)
        plan = plan_of(learning.values, cases, learning.seed)
        rows = _rows(cases, pictures)
        if learning.values["balance"] == "within_site":
            rows = {name: even_rows(pictures, some, rng) for name, some in rows.items()}
        networks = _learnt(pictures, rows, plan, learning)
        files = {name: _exported(network, plan, pictures) for name, network in networks.items()}
        features = seen(Engine(files[ANSWER], threads=learning.threads), pictures.pixels).features
        positive = cases.classes.index(str(cases.positive))
        return SiteMember(
            files, _prevalence(pictures), site_probe(features, pictures.sites), positive, learning.threads,
            _finding(cases),
        )  # fmt: skip

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Member:
        """As `SiteMember.keep` wrote it."""
        files = {
            name.removeprefix("onnx/"): array.tobytes()
            for name, array in arrays.items()
            if name.startswith("onnx/")
        }
        finding = int(arrays.get("finding", np.array(-1)))  # studies of earlier versions have two classes
        return SiteMember(
            files, arrays["prevalence"], arrays["probe"], int(arrays["positive"]),
            finding=None if finding < 0 else finding,
        )  # fmt: skip

    def told(self, members: tuple[Member, ...], test: Cases, values: Values) -> Further:
        """The matrix of sites, what each network lost elsewhere, the probe, and where it looks."""
        return told([one for one in members if isinstance(one, SiteMember)], test)


def plan_of(values: Values, cases: Cases, seed: int) -> Plan:
    """How one network is trained, as the training loop takes it.

    An output for each of several findings; of two classes the second output is the positive one.
    """
    other = next(name for name in cases.classes if name != cases.positive)
    findings = tuple(cases.inputs.get("findings") or ())
    return Plan(
        task="multilabel" if findings else "binary", classes=findings or (other, str(cases.positive)),
        positive=None if findings else cases.positive,
        validation="cross_fitted", folds=values["folds"], image_size_px=values["image_size_px"],
        resize="squash", intensity="full_range",
        architecture=values["architecture"], weights=values["weights"],
        augmentation=tuple(tuple(one) for one in values["augmentation"]), epochs=values["epochs"],
        batch_size=values["batch_size"], learning_rate=values["learning_rate"], backbone_rate=1.0,
        weight_decay=values["weight_decay"], label_smoothing=0.0, mixup=0.0, class_weighting="none",
        precision="fp32", averaging=0.0, test_time_augmentation=("identity",), calibration=(),
        optimiser=values["optimiser"], schedule=values["schedule"], stopping=values["stopping"],
        budget_s=1.0, seed=seed, reasons={}, chosen_by={},
    )  # fmt: skip


def _finding(cases: Cases) -> int | None:
    """The output that is the question; None where there are two classes alone."""
    findings = list(cases.inputs.get("findings") or ())
    return findings.index(str(cases.positive)) if findings else None


def _learnt(
    pictures: Pictures, rows: Mapping[str, NDArray[np.int64]], plan: Plan, learning: Learning
) -> Mapping[str, Any]:
    """Source to its network."""
    from thirdeye.training.sites.learn import learn_heads, learn_network

    if learning.values["layers"] == "head":
        return learn_heads(pictures, rows, plan)
    found = {}
    for index, name in enumerate(NETWORKS):
        now = time.monotonic()
        until = now + SHARES[name] * (learning.deadline - now)
        found[name] = learn_network(
            pictures, rows[name], plan, name=name, index=index, deadline=until, tell=learning.tell
        )
    return found


def _pictures(cases: Cases) -> Pictures:
    """Cases of the sites that are learnt from; those from elsewhere are no part of the development.

    Raises:
        DataRefused: a site lacks a class.
    """
    rows = cases.rows
    who = rows["patient"].where(rows["patient"] != "", rows["case"])
    ill = (cases.labels == cases.classes.index(str(cases.positive))).astype(np.int64)
    numbers = np.unique(who, return_inverse=True)[1]
    findings = cases.arrays.get("findings")
    pictures = Pictures(cases.arrays["pixels"], ill, cases.arrays["site"], numbers, findings)
    for number, name in enumerate(cases.inputs["sites"]):
        here = ill[pictures.sites == number]
        if not here.size or here.all() or not here.any():
            raise DataRefused(f"nothing can be learnt at '{name}' alone: its films are all of one class")
    return pictures


def _rows(cases: Cases, pictures: Pictures) -> dict[str, NDArray[np.int64]]:
    return {
        ANSWER: np.flatnonzero(pictures.sites >= 0),
        FIRST: np.flatnonzero(pictures.sites == 0),
        SECOND: np.flatnonzero(pictures.sites == 1),
    }


def _prevalence(pictures: Pictures) -> NDArray[np.float64]:
    """Shares of positives, none of them 0 or 1 (half a case is added to either class)."""
    groups = [pictures.labels[pictures.sites == number] for number in (0, 1)]
    return np.array([(one.sum() + 0.5) / (len(one) + 1) for one in (*groups, np.concatenate(groups))])


def _exported(network: Any, plan: Plan, pictures: Pictures) -> bytes:
    from thirdeye.inference.export import export_onnx

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export_onnx([network], path, size_px=plan.image_size_px, sample=pictures.pixels)
        return path.read_bytes()
