"""The robust deep model as plain arrays, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.recipes.learning.admci_repeat import Prepared, Repeat
from thirdeye.training.tabular.deep import DeepTable
from thirdeye.training.tabular.rbm import Layer

_NETWORKS, _MACHINES = ("network", "bare"), ("machine", "bare_machine", "shallow")
Arrays = Mapping[str, NDArray[Any]]


def kept(prepared: Prepared, repeats: tuple[Repeat, ...]) -> dict[str, NDArray[Any]]:
    """Name to array: "prepared/NAME", "0/network/layer/0/weights", "0/machine/bias" ..."""
    found = {f"prepared/{one.name}": np.asarray(getattr(prepared, one.name)) for one in fields(prepared)}
    for number, repeat in enumerate(repeats):
        for name in _NETWORKS:
            found |= dict(_network(f"{number}/{name}", getattr(repeat, name)))
        for name in _MACHINES:
            found |= dict(_layer(f"{number}/{name}", getattr(repeat, name)))
    return found


def restored(arrays: Arrays) -> tuple[Prepared, tuple[Repeat, ...]]:
    """What `kept` was given."""
    prepared = Prepared(**{one.name: arrays[f"prepared/{one.name}"] for one in fields(Prepared)})
    numbers = sorted({int(name.split("/")[0]) for name in arrays if name[0].isdigit()})
    return prepared, tuple(_repeat_of(arrays, str(number)) for number in numbers)


def _repeat_of(arrays: Arrays, number: str) -> Repeat:
    network, bare = (_network_of(arrays, f"{number}/{name}") for name in _NETWORKS)
    machine, bare_machine, shallow = (_layer_of(arrays, f"{number}/{name}") for name in _MACHINES)
    return Repeat(network, bare, machine, bare_machine, shallow)


def _layer(where: str, layer: Layer) -> Iterator[tuple[str, NDArray[Any]]]:
    yield f"{where}/weights", layer.weights
    yield f"{where}/bias", layer.bias


def _layer_of(arrays: Arrays, where: str) -> Layer:
    return Layer(arrays[f"{where}/weights"], arrays[f"{where}/bias"])


def _network(where: str, network: DeepTable) -> Iterator[tuple[str, NDArray[Any]]]:
    for number, layer in enumerate(network.layers):
        yield from _layer(f"{where}/layer/{number}", layer)
    for name, head in network.heads.items():
        yield from _layer(f"{where}/head/{name}", head)
    for name, scale in network.scale.items():
        yield f"{where}/scale/{name}", np.asarray(scale)


def _network_of(arrays: Arrays, where: str) -> DeepTable:
    depth = sum(name.startswith(f"{where}/layer/") and name.endswith("/bias") for name in arrays)
    heads = [
        name.split("/")[-2] for name in arrays if name.startswith(f"{where}/head/") and name.endswith("/bias")
    ]
    scale = f"{where}/scale/"
    return DeepTable(
        tuple(_layer_of(arrays, f"{where}/layer/{number}") for number in range(depth)),
        {name: _layer_of(arrays, f"{where}/head/{name}") for name in heads},
        {
            name.removeprefix(scale): (float(values[0]), float(values[1]))
            for name, values in arrays.items()
            if name.startswith(scale)
        },
    )
