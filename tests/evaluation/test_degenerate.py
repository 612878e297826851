"""Every public measure against input that cannot be: a stated status or a clear refusal, never a bare error.

The measures are collected from the modules, so that a new one without a line in `degenerate_calls` fails.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import math
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import thirdeye.evaluation
from thirdeye.errors import ThirdEyeError

sys.path.insert(0, str(Path(__file__).parent))
from degenerate_calls import CALLS, NAN_IS_UNDEFINED, PREPARED

PREFIX = "thirdeye.evaluation."
NUMBERS = (0, -1, 1, 0.5, 2, math.nan, math.inf, -math.inf, 1e308, 10**30, True)


def public() -> Iterator[str]:
    """Every public function of the room, as "module.function"."""
    for module in pkgutil.walk_packages(thirdeye.evaluation.__path__, PREFIX):
        if module.ispkg:
            continue
        for name, thing in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(thing) and thing.__module__ == module.name and not name.startswith("_"):
                yield f"{module.name.removeprefix(PREFIX)}.{name}"


def measure(name: str) -> Callable[..., Any]:
    module, function = name.rsplit(".", 1)
    return getattr(importlib.import_module(PREFIX + module), function)


def is_column(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return True
    return isinstance(value, list) and all(isinstance(one, int | float | str | None) for one in value)


def as_array(value: Any) -> np.ndarray:
    mixed = isinstance(value, list) and any(one is None for one in value)
    return np.asarray(value, dtype=object if mixed else None)


def columns(value: Any) -> Iterator[tuple[str, Any]]:
    """What may come in place of a column."""
    array = as_array(value)
    yield "empty", array[:0]
    yield "empty list", []
    yield "shorter", array[:-1]
    yield "longer", np.concatenate([array, array[:1]])
    yield "text", np.full(array.shape, "x")
    yield "None", None
    yield "list of None", [None] * len(array)
    yield "one number", 3
    yield "one dimension more", np.stack([array, array], -1)
    yield "dictionary", {"a": 1}
    yield "objects", array.astype(object)
    yield "rows of unequal length", [[1, 2], [3]]
    try:
        numbers = array.astype(float)
    except (TypeError, ValueError):
        return
    largest = np.abs(numbers).max() if numbers.size and np.isfinite(numbers).all() else 0.0
    yield "zeros", np.zeros(array.shape)
    yield "ones", np.ones(array.shape)
    yield "constant", np.full(array.shape, 0.3)
    yield "negative", -np.ones(array.shape)
    yield "smallest float", np.full(array.shape, 5e-324)
    yield "huge", numbers / largest * 1e308 if largest else numbers
    yield "beyond any float", np.full(array.shape, 10**400, dtype=object)
    yield "NaN everywhere", np.full(array.shape, np.nan)
    yield "complex", numbers.astype(complex) + 1j
    yield "booleans", numbers.astype(bool)
    for what, odd in (("one NaN", np.nan), ("one inf", np.inf), ("one -inf", -np.inf)):
        spoiled = numbers.copy()
        spoiled.flat[0] = odd
        yield what, spoiled


def together(call: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Few rows, one cluster, one class: what several columns have in common."""
    held = {name: as_array(value) for name, value in call.items() if is_column(value)}
    if not held:
        return
    for n in (0, 1, 2, 3):
        yield f"{n} rows", {**call, **{name: array[:n] for name, array in held.items()}}
    if "clusters" in held:
        yield "one cluster", {**call, "clusters": np.zeros(len(held["clusters"]), int)}
    for name in {"labels", "truth", "event"} & set(held):
        for status in (0, 1):
            one_class = {**call, name: np.full(len(held[name]), status)}
            yield f"{name} all {status}", one_class
            for other in set(held) - {name, "clusters", "case", "reader", "test", "lesion"}:
                flat = held[other][:1].repeat(len(held[other]), axis=0)
                yield f"{name} all {status}, {other} constant", {**one_class, other: flat}


def attempts(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    call = CALLS[name]
    for argument, value in call.items():
        if is_column(value):
            yield from ((f"{argument}: {what}", {**call, argument: other}) for what, other in columns(value))
        elif isinstance(value, str):
            yield from ((f"{argument}: {other!r}", {**call, argument: other}) for other in ("nonsense", ""))
        elif isinstance(value, int | float):
            yield from ((f"{argument}: {other!r}"[:60], {**call, argument: other}) for other in NUMBERS)
    if "level" in inspect.signature(measure(name)).parameters:
        yield from ((f"level: {other!r}"[:60], {**call, "level": other}) for other in NUMBERS)
    yield from together(call)


def nan_in(thing: Any, path: str = "") -> Iterator[str]:
    """Where a result holds NaN."""
    if isinstance(thing, float | np.floating):
        if math.isnan(thing):
            yield path or "the value"
    elif isinstance(thing, np.ndarray):
        if thing.dtype.kind == "f" and np.isnan(thing).any():
            yield path or "the array"
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            yield from nan_in(getattr(thing, field.name), f"{path}.{field.name}")
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from nan_in(value, f"{path}[{key}]")
    elif isinstance(thing, list | tuple):
        for place, value in enumerate(thing):
            yield from nan_in(value, f"{path}[{place}]")


def takes_raw_input(name: str) -> bool:
    """A required argument of any type: what comes from outside, and has to be checked."""
    arguments = inspect.signature(measure(name)).parameters.values()
    return any(
        one.annotation == "Any" and one.default is one.empty and one.kind != one.VAR_KEYWORD
        for one in arguments
    )


def test_every_public_measure_has_a_line() -> None:
    known = set(CALLS) | set(PREPARED)
    assert sorted({name for name in public() if takes_raw_input(name)} - known) == []
    assert sorted(known - set(public())) == []
    assert set(NAN_IS_UNDEFINED) <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_status_or_a_clear_refusal(name: str) -> None:
    wrong = []
    function = measure(name)
    for what, call in [("as it should be", CALLS[name]), *attempts(name)]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                found = function(**call)
            except ThirdEyeError as refusal:
                if what == "as it should be" or len(str(refusal)) < 15:
                    wrong.append(f"{what}: refused with {str(refusal)!r}")
                continue
            except Exception as error:
                wrong.append(f"{what}: {type(error).__name__}: {error}")
                continue
        if name not in NAN_IS_UNDEFINED:
            wrong += [f"{what}: NaN in {place}" for place in nan_in(found)]
    assert wrong == []


@pytest.mark.parametrize(
    "name", [name for name, call in CALLS.items() if "labels" in call and "clusters" in call]
)
def test_undefined_is_never_a_number_with_one_class(name: str) -> None:
    for status in (0, 1):
        call = {**CALLS[name], "labels": np.full(len(CALLS[name]["labels"]), status)}
        try:
            found = measure(name)(**call)
        except ThirdEyeError:
            continue
        for metric in found if isinstance(found, list) else [found]:
            if getattr(metric, "name", "") == "auc":
                assert (metric.status, metric.value) == ("undefined", None)
                assert metric.reason
