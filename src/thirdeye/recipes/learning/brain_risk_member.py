"""One member of the risk-map system: a patch network, the voxels that tell, and perceptrons on them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.recipes.learning.brain_risk_network import exported, running
from thirdeye.recipes.system import ANSWER, Cases, Learning, Logits, Source, Values
from thirdeye.training.event import Event
from thirdeye.training.tabular.readout import Readout, ReadoutSetting, learn_readout
from thirdeye.training.volumes.risk import Bytes, Maps, PatchSetting, learn_patches, risk_maps
from thirdeye.training.volumes.voxels import chosen_voxels, matthews_map
from thirdeye.training.volumes.whole import WholeSetting, learn_whole, whole_logits

if TYPE_CHECKING:
    from thirdeye.model.architectures.volume_risk import RiskShape

SHARE = 0.7  # of the time, for the networks; the rest is for maps
PATCHES = 0.65  # of that, for the patch network; the rest is for that of whole volumes
PARTS: Mapping[str, Source] = {
    "image": Source(
        "risk map alone", "A perceptron on the telling voxels of the risk map, without anything else."
    ),
    "beside": Source(
        "variables beside the volume alone", "A perceptron on what is recorded beside it: no picture."
    ),
    "mean_risk": Source(
        "mean risk of the telling voxels", "No perceptron: the mean risk over the chosen voxels."
    ),
    "whole": Source(
        "plain network of whole volumes",
        "One network over the whole volume, without patches, risk map or variables: the paper's baseline.",
    ),
}
_FLOOR = 1e-6


@dataclass(frozen=True)
class RiskReader:
    """What was learnt.

    Args:
        network: the patch network for whole volumes, the bytes of an ONNX file.
        patch: its side in voxels.
        correlation: (d, h, w) of Matthews.
        chosen: positions of the telling voxels in the flattened map.
        both, image, beside: perceptrons on voxels and variables, on voxels, on variables; None where nothing
            is recorded beside the volumes.
        rounds: that the patch network learnt.
        whole: the plain network of whole volumes, the bytes of an ONNX file; None where it was not asked for.
        passes: that it learnt.
    """

    network: Bytes
    patch: int
    correlation: NDArray[np.float64]
    chosen: NDArray[np.int64]
    image: Readout
    both: Readout | None
    beside: Readout | None
    rounds: int
    whole: Bytes | None = None
    passes: int = 0

    def maps(self, volumes: Bytes) -> Maps:
        """(n, d, h, w) risk from 0 to 1."""
        return risk_maps(running(self.network), volumes, self.patch)

    def say(self, cases: Cases) -> Mapping[str, Logits]:
        """Voxels and variables together, and each part by itself."""
        voxels = self.maps(cases.arrays["volumes"]).reshape(len(cases.rows), -1)[:, self.chosen]
        beside = cases.arrays["clinical"]
        image = self.image.logits(voxels)
        said = {ANSWER: image, "image": image, "mean_risk": logits_of(voxels.mean(axis=1))}
        if self.both is not None and self.beside is not None:
            said[ANSWER] = self.both.logits(np.column_stack([voxels, beside]))
            said["beside"] = self.beside.logits(beside)
        if self.whole is not None:
            said["whole"] = whole_logits(running(self.whole), cases.arrays["volumes"])
        return said

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """Network, voxels and perceptrons."""
        found: dict[str, NDArray[Any]] = {
            "network": self.network, "chosen": self.chosen, "correlation": self.correlation,
            "rounds": np.asarray(self.rounds),
        }  # fmt: skip
        if self.whole is not None:
            found |= {"whole": self.whole, "passes": np.asarray(self.passes)}
        for name in ("image", "both", "beside"):
            readout = getattr(self, name)
            if readout is not None:
                found |= {f"{name}/{one.name}": getattr(readout, one.name) for one in fields(readout)}
        return found


def restored_reader(arrays: Mapping[str, NDArray[Any]], values: Values) -> RiskReader:
    """The member that `RiskReader.keep` was of."""

    def readout(name: str) -> Readout | None:
        if f"{name}/middle" not in arrays:
            return None
        return Readout(**{one.name: arrays[f"{name}/{one.name}"] for one in fields(Readout)})

    image = readout("image")
    if image is None:
        raise KeyError("image/middle")
    return RiskReader(
        arrays["network"], int(values["patch"]), arrays["correlation"], arrays["chosen"], image,
        readout("both"), readout("beside"), int(arrays["rounds"]), arrays.get("whole"),
        int(arrays.get("passes", 0)),
    )  # fmt: skip


def learn_member(cases: Cases, learning: Learning) -> RiskReader:
    """Learn the patch network on most of the cases, choose voxels and stopping times on the rest of them."""
    from thirdeye.model.architectures.volume_risk import RiskShape

    values, volumes, labels = learning.values, cases.arrays["volumes"], cases.labels
    inner = inner_part(cases, values["chosen_on"], learning.seed)
    outer = ~inner
    shape = RiskShape(
        tuple(values["widths"]), (values["patch"] - 23) // 4, values["hidden"], 2, values["dropout"]
    )
    patches, networks = network_deadlines(time.monotonic(), learning.deadline, bool(values["whole_epochs"]))
    setting = PatchSetting(
        values["rounds"],
        values["learning_rate"],
        values["momentum"],
        values["batch_size"],
        learning.seed,
        patches,
    )
    network, rounds = learn_patches(volumes[outer], labels[outer], shape, setting)
    learning.tell(Event("note", f"patch network: {rounds} of {values['rounds']} rounds"))
    d, h, w = (int(side) for side in volumes.shape[1:])
    file = exported(network, (d, h, w), values["patch"])
    whole, passes = _whole(cases, learning, shape, inner, networks)
    maps = risk_maps(running(file, learning.threads), volumes, values["patch"])
    correlation = matthews_map(maps[inner], labels[inner])
    chosen = chosen_voxels(correlation, most=values["voxels"], least=values["least_correlation"])
    voxels = maps.reshape(len(maps), -1)[:, chosen].astype(np.float64)
    beside = cases.arrays["clinical"]

    def learnt(table: NDArray[np.float64]) -> Readout:
        how = ReadoutSetting(
            values["readout_hidden"], values["readout_epochs"], values["readout_rate"],
            values["readout_batch"], values["readout_dropout"], learning.seed,
        )  # fmt: skip
        return learn_readout(table[outer], labels[outer], (table[inner], labels[inner]), how, n_classes=2)

    told = beside.shape[1] > 0
    return RiskReader(
        file, values["patch"], correlation, chosen, learnt(voxels),
        learnt(np.column_stack([voxels, beside])) if told else None, learnt(beside) if told else None, rounds,
        whole, passes,
    )  # fmt: skip


def network_deadlines(now: float, deadline: float, whole: bool) -> tuple[float, float]:
    """When the patch network has to end, and when that of whole volumes.

    Args:
        now: when learning begins, `time.monotonic()`.
        deadline: of everything, maps and perceptrons included.
        whole: whether there is a network of whole volumes.
    """
    networks = SHARE * (deadline - now)
    return now + networks * (PATCHES if whole else 1.0), now + networks


def _whole(
    cases: Cases, learning: Learning, shape: RiskShape, inner: NDArray[np.bool_], until: float
) -> tuple[Bytes | None, int]:
    """The paper's baseline on the same cases: its ONNX file, and the passes that the time allowed."""
    values, volumes, labels = learning.values, cases.arrays["volumes"], cases.labels
    if not values["whole_epochs"]:
        return None, 0
    setting = WholeSetting(
        values["whole_epochs"], values["learning_rate"], values["momentum"], values["batch_size"],
        learning.seed, until,
    )  # fmt: skip
    network, passes = learn_whole(
        volumes[~inner], labels[~inner], (volumes[inner], labels[inner]), shape, setting
    )
    learning.tell(Event("note", f"network of whole volumes: {passes} of {values['whole_epochs']} passes"))
    d, h, w = (int(side) for side in volumes.shape[1:])
    return exported(network, (d, h, w)), passes


def inner_part(cases: Cases, share: float, seed: int) -> NDArray[np.bool_]:
    """(n,) True for about this share of the patients of each class: they choose voxels and stopping times."""
    rng = np.random.default_rng(seed)
    inner = np.zeros(len(cases.rows), dtype=bool)
    patients = cases.rows["patient"].to_numpy(dtype=str)
    first = {who: int(label) for who, label in zip(patients[::-1], cases.labels[::-1], strict=True)}
    for label in sorted(set(first.values())):
        names = sorted(who for who, one in first.items() if one == label)
        taken = rng.permutation(len(names))[: max(2, round(share * len(names)))]
        inner |= np.isin(patients, [names[one] for one in taken])
    return inner


def logits_of(risk: NDArray[np.floating]) -> Logits:
    """(n, 2) logits whose softmax gives the risk (n,) of the second class."""
    clipped = np.clip(risk.astype(np.float64), _FLOOR, 1 - _FLOOR)
    half = 0.5 * np.log(clipped / (1 - clipped))
    return np.column_stack([-half, half])
