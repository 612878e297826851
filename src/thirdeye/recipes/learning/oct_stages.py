"""The two stages of a referral from scans: which tissue lies where, and what that means."""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.dense.engine import INPUT, OUTPUT
from thirdeye.inference.runtime import load_network
from thirdeye.intake.words import counted
from thirdeye.plan.dense.layout import layout_of
from thirdeye.recipes.system import Cases, Learning, Values
from thirdeye.training.event import Event
from thirdeye.transform.dense.one_hot import one_hot_maps
from thirdeye.transform.dense.prepare import IGNORED
from thirdeye.transform.dense.resample import resampled_labels
from thirdeye.transform.dense.windows import Windows, most_likely

STEPS_A_ROUND = 25
BATCH = 16  # maps that are read at a time
SHARE = 0.7  # of a segmenter's time for learning, the rest for learning again
APART = 4.0  # slices lie so many times as far apart as the pixels in them, for the layout of the first stage

Maps = NDArray[np.uint8]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Stages:
    """The networks of one member, as ONNX files.

    Args:
        segmenters: scans to tissues.
        deciders: maps of tissues to grades and findings.
        adapted: the segmenters after they learnt again on scans of the new device; empty without one.
        n_tissues, n_grades: outputs.
        values: of the system.
    """

    segmenters: tuple[Bytes, ...]
    deciders: tuple[Bytes, ...]
    n_tissues: int
    n_grades: int
    values: Values
    adapted: tuple[Bytes, ...] = ()

    def maps(self, scans: NDArray[np.float32], files: Sequence[Bytes] = ()) -> list[Maps]:
        """For each segmenter (n, slices, rows, columns) on the grid of the second stage."""
        return [
            np.stack([self._map(run, scan) for scan in scans])
            for run in map(running, files or self.segmenters)
        ]

    def _map(self, run: Any, scan: NDArray[np.float32]) -> Maps:
        return smaller(self.tissues(scan, run), self.values["map_sides"])

    def tissues(self, scan: NDArray[np.float32], run: Any = None, *, new: bool = False) -> Maps:
        """(slices, rows, columns) tissue numbers of a scan on its own grid, of the first segmenter.

        Args:
            scan: (slices, rows, columns).
            run: a segmenter that is open; None: the first.
            new: whether the scan is of the new device.
        """
        windows = Windows(window_of(self.values), 0.5)
        run = run or running((self.adapted if new and self.adapted else self.segmenters)[0])
        return most_likely(scan[None], run, windows, n_outputs=self.n_tissues)

    def votes(
        self, scans: NDArray[np.float32], new: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(n, grades) and (n, findings): mean probabilities over every pair of segmenter and decider.

        Args:
            scans: (n, slices, rows, columns).
            new: (n,) which are of the new device and read by the networks that learnt again; None: none.
        """
        if new is None or not new.any() or not self.adapted:
            return self._votes(scans, self.segmenters)
        known, later = self._votes(scans, self.segmenters), self._votes(scans[new], self.adapted)
        for every, own in zip(known, later, strict=True):
            every[new] = own
        return known

    def _votes(
        self, scans: NDArray[np.float32], files: Sequence[Bytes]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        deciders = [running(one) for one in self.deciders]
        grades, findings = [], []
        for maps in self.maps(scans, files):
            for run in deciders:
                logits = np.concatenate([
                    run(one_hot_maps(maps[start : start + BATCH], self.n_tissues))
                    for start in range(0, len(maps), BATCH)
                ]).astype(np.float64)  # fmt: skip
                grades.append(softmax(logits[:, : self.n_grades]))
                findings.append(1 / (1 + np.exp(-logits[:, self.n_grades :])))
        return np.mean(grades, axis=0), np.mean(findings, axis=0)

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """The files, and how many outputs they have."""
        named = {"segmenter": self.segmenters, "decider": self.deciders, "adapted": self.adapted}
        files = {f"{name}/{n}": one for name, all_ in named.items() for n, one in enumerate(all_)}
        return {**files, "outputs": np.array([self.n_tissues, self.n_grades])}


def stages_of(arrays: Mapping[str, NDArray[Any]], values: Values) -> Stages:
    """What `Stages.keep` gave."""

    def files(name: str) -> tuple[Bytes, ...]:
        there = sorted(
            (key for key in arrays if key.startswith(f"{name}/")), key=lambda key: int(key.split("/")[1])
        )
        return tuple(arrays[key] for key in there)

    n_tissues, n_grades = (int(one) for one in arrays["outputs"])
    return Stages(files("segmenter"), files("decider"), n_tissues, n_grades, values, files("adapted"))


def learn_stages(cases: Cases, learning: Learning) -> Stages:
    """Segmenters from the drawn slices, then deciders from the maps that they make of every scan.

    The first stage gets half of the time. Neither learns from scans of the new device; at last each segmenter
    learns again, from the drawn scans of that device alone.
    """
    values, n_tissues = learning.values, len(cases.inputs["tissues"])
    later, cases = of_device(cases, values), cases.at(np.flatnonzero(~is_new(cases, values)))
    began = time.monotonic()
    half = began + (learning.deadline - began) / 2
    segmenters, adapted = [], []
    for number in range(values["segmenters"]):
        until = time.monotonic() + (half - time.monotonic()) / (values["segmenters"] - number)
        first = until if not len(later.rows) else time.monotonic() + SHARE * (until - time.monotonic())
        network = _segmenter(cases, learning, number, first, n_tissues)
        segmenters.append(exported(network, 1, window_of(values)))
        if len(later.rows):
            network = copy.deepcopy(network).requires_grad_(True)
            network = _taught(network, later, learning, number, until, n_tissues, values["new_rounds"])
            adapted.append(exported(network, 1, window_of(values)))
    partial = Stages(tuple(segmenters), (), n_tissues, len(cases.classes), values)
    maps = partial.maps(cases.arrays["scans"])
    learning.tell(
        Event(
            "note",
            f"{counted(len(maps[0]), 'scan')} turned into maps of tissues by {counted(len(maps), 'network')}",
        )
    )
    deciders = []
    for number in range(values["classifiers"]):
        left = learning.deadline - time.monotonic()
        until = time.monotonic() + left / (values["classifiers"] - number)
        deciders.append(_decider(cases, maps, learning, number, until, n_tissues))
    return replace(partial, deciders=tuple(deciders), adapted=tuple(adapted))


def is_new(cases: Cases, values: Values) -> NDArray[np.bool_]:
    """(n,) which cases are of the new device; none where no device is named so."""
    return (cases.rows["site"] == (values.get("new_device") or None)).to_numpy(bool)


def of_device(cases: Cases, values: Values) -> Cases:
    """Cases of the new device of which something was drawn."""
    return cases.at(np.flatnonzero(is_new(cases, values) & drawn_rows(cases)))


def drawn_rows(cases: Cases) -> NDArray[np.bool_]:
    """(n,) of which cases any tissue was drawn."""
    return np.array([(one != IGNORED).any() for one in cases.arrays["tissues"]], dtype=bool)


def _segmenter(cases: Cases, learning: Learning, number: int, until: float, n_tissues: int) -> Any:
    from thirdeye.model.architectures.unet import UNet, UNetShape
    from thirdeye.model.build_dense import widths
    from thirdeye.training.course import seed_torch

    values, layout = learning.values, _layout(learning.values)
    seed_torch(1000 * learning.seed + number)
    shape = UNetShape(1, n_tissues, widths(values["width"], layout.levels), layout.strides, layout.kernels)
    return _taught(UNet(shape, supervised=1), cases, learning, number, until, n_tissues, values["rounds"])


def _taught(
    network: Any, cases: Cases, learning: Learning, number: int, until: float, n_tissues: int, rounds: int
) -> Any:
    """A network of the first stage after it learnt from the drawn slices of these cases."""
    from thirdeye.training.dense.loop import DenseMember, DenseRecipe, fit_dense
    from thirdeye.training.dense.material import dense_case
    from thirdeye.training.dense.warp import Warping

    values, layout, seed = learning.values, _layout(learning.values), 1000 * learning.seed + number
    drawn = np.flatnonzero(drawn_rows(cases))
    dense = [
        dense_case(cases.arrays["scans"][row][None], cases.arrays["tissues"][row], n_structures=n_tissues - 1)
        for row in drawn
    ]
    recipe = DenseRecipe(
        patch=layout.patch, learnt=layout.patch, margin=(), batch_size=values["scans_a_step"],
        rounds=rounds, steps=STEPS_A_ROUND, optimiser="adamw",
        learning_rate=values["tissue_rate"], weight_decay=0.0, encoder_rate=1.0, loss=values["tissue_loss"],
        sampling="structures", foreground=0.5, mining=0.0,
        warping=Warping(values["turn_deg"], (0,), values["scale"], 0.5, values.get("elastic", 0.0)),
        mirrored=(2,), tone=values["tone"],
        precision="fp32", averaging=0.9, overlap=0.5, seed=seed,
    )  # fmt: skip
    everyone = DenseMember(number, np.arange(len(dense)), np.arange(0), "")
    fitted = fit_dense(
        network, dense, everyone, recipe, n_outputs=n_tissues, on_round=lambda record: None, deadline=until
    )
    return fitted.network


def _decider(
    cases: Cases, maps: Sequence[Maps], learning: Learning, number: int, until: float, n_tissues: int
) -> Bytes:
    from thirdeye.model.architectures.densenet_volume import DenseNetVolume, DenseShape
    from thirdeye.training.course import seed_torch
    from thirdeye.training.dense.tissue_decision import DecisionSetting, fit_decision

    values, findings = learning.values, cases.arrays["findings"]
    seed = 1000 * learning.seed + 500 + number
    seed_torch(seed)
    sides, n_out = values["map_sides"], len(cases.classes) + findings.shape[1]
    network = DenseNetVolume(DenseShape(n_tissues, n_out, sides, values["growth"], values["blocks"]))
    setting = DecisionSetting(
        values["epochs"], values["batch_size"], values["learning_rate"], values["finding_weight"],
        values["shift"], seed, until,
    )  # fmt: skip
    fit_decision(network, maps, cases.labels, findings, setting, n_tissues=n_tissues)
    return exported(network, n_tissues, sides)


def _layout(values: Values) -> Any:
    """Patch, levels, strides and kernels of the first stage: slices far apart are left alone at first."""
    patch = tuple(values["patch"])
    return layout_of(patch, (APART, 1.0, 1.0), most_voxels=int(np.prod(patch)))


def window_of(values: Values) -> tuple[int, ...]:
    """Sides of the windows in which scans are read."""
    return tuple(_layout(values).patch)


def smaller(tissues: Maps, sides: tuple[int, ...]) -> Maps:
    """A tissue map on the grid of the second stage."""
    return tissues if tissues.shape == tuple(sides) else resampled_labels(tissues, tuple(sides))


def exported(network: Any, channels: int, sides: tuple[int, ...]) -> Bytes:
    """The content of the network's ONNX file, as bytes.

    Raises:
        StageFailed: the file does not answer as the network.
    """
    from thirdeye.inference.dense.export import export_dense

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export_dense(network, path, channels=channels, patch=tuple(sides))
        return np.frombuffer(path.read_bytes(), np.uint8)


def running(content: Bytes) -> Any:
    """What `exported` gave, ready to run: windows (B, C, ...) float32 to logits.

    Raises:
        StudyMismatch: it is no network of this package.
    """
    from thirdeye.intake.workers import usable_cores

    loaded = load_network(content.tobytes(), name="network", threads=usable_cores())
    if loaded.inputs != (INPUT,) or loaded.outputs != (OUTPUT,):
        from thirdeye.errors import StudyMismatch

        raise StudyMismatch("a network of this study was edited; run the system again")
    return lambda windows: loaded.run(np.ascontiguousarray(windows))[0]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows that sum to 1."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
