"""The plan of a system that brings its own learning: its own values, and what all such plans share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.decisions import Decisions

_TRUE, _FALSE = ("true", "yes", "1", "on"), ("false", "no", "0", "off")


@dataclass(frozen=True, kw_only=True)
class SystemPlan(Decisions):
    """Values of a system.

    Args:
        system: id of the recipe.
        task, classes, positive: as in `Dataset`.
        validation: always "cross_fitted": each development case is judged by a member that never saw it.
        folds: members, each learnt without one fold.
        calibration: candidates.
        own: name to value, as the recipe and the user chose them.
    """

    system: str
    task: str
    classes: tuple[str, ...]
    positive: str | None
    validation: str = "cross_fitted"
    folds: int
    calibration: tuple[str, ...]
    own: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Field name to value; the system's own values among them by their names."""
        shared = super().values()
        own = shared.pop("own")
        return {**shared, **{name: value for name, value in own.items() if name not in shared}}


def asked_values(published: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The published values with the user's in their place.

    Args:
        published: name to value.
        overrides: name to the user's value; a text, as `--set` gives it, is read as the published value's
            kind (a list: parts separated by commas).

    Raises:
        UsageError: there is no such value, or it is of another kind.
    """
    unknown = sorted(set(overrides) - set(published))
    if unknown:
        raise UsageError(
            f"this system has no value '{unknown[0]}'; there are: {', '.join(sorted(published))}"
        )
    given = {name: _as_kind(name, value, published[name]) for name, value in overrides.items()}
    return {**published, **given}


def _as_kind(name: str, value: Any, like: Any) -> Any:
    text = str(value).strip()
    try:
        if isinstance(like, bool):
            return _truth(text)
        if isinstance(like, int):
            return int(text)
        if isinstance(like, float):
            return float(text)
        if isinstance(like, tuple):
            parts = (
                value if isinstance(value, list | tuple) else [one for one in text.split(",") if one.strip()]
            )
            return tuple(_as_kind(name, one, like[0]) if like else str(one).strip() for one in parts)
    except ValueError:
        raise UsageError(f"{name} is a {_kind(like)}, for example {like!r}; got '{value}'") from None
    return text


def _truth(text: str) -> bool:
    if text.lower() in (*_TRUE, *_FALSE):
        return text.lower() in _TRUE
    raise ValueError(text)


def _kind(like: Any) -> str:
    names = {bool: "yes or no", int: "whole number", float: "number", tuple: "list"}
    return names.get(type(like), "text")
