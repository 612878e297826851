"""Apply the rules, then the user's own values."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import RULES, Facts

_GIVEN = {"task", "classes", "positive", "budget_s", "seed"}


def make_plan(facts: Facts, overrides: Mapping[str, Any] | None = None) -> Plan:
    """The plan for a dataset.

    Args:
        facts: what the rules look at.
        overrides: field name to the user's value; rules that come later see it.

    Raises:
        UsageError: a name is not a field of the plan, is fixed by the data, or its value is of another kind.
    """
    wanted = dict(overrides or {})
    unknown = sorted(set(wanted) - set(RULES))
    if unknown:
        raise UsageError(
            f"the plan has no value '{unknown[0]}' that can be set; there are: {', '.join(RULES)}"
        )
    decided: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    chosen_by: dict[str, str] = {}
    for name, rule in RULES.items():
        value, reason = rule(facts, decided)
        if name in wanted:
            value, reason = fitted(name, wanted[name], value), "set by the user"
            chosen_by[name] = "user"
        decided[name], reasons[name] = value, reason
    given: dict[str, Any] = {
        "task": facts.task,
        "classes": facts.classes,
        "positive": facts.positive,
        "budget_s": facts.budget_s,
        "seed": facts.seed,
    }
    reasons |= {
        "task": "follows from the labels",
        "classes": "found in the labels",
        "positive": "named by the user or recognised, see the findings",
        "budget_s": "how long the run may take",
        "seed": "of everything random",
    }
    return Plan(**given, **decided, reasons=reasons, chosen_by=chosen_by)


def fitted(name: str, value: Any, example: Any) -> Any:
    """A user's value in the type of the rule's own.

    Args:
        name: of the field, for the message.
        value: what came; text is read as a Python literal where the field is not text.
        example: what the rule gave.

    Raises:
        UsageError: it cannot be read as that type, or the field does not allow it.
    """
    if isinstance(value, str) and not isinstance(example, str):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError) as error:
            raise UsageError(f"{name} should look like {example!r}, got {value!r}") from error
    if isinstance(example, tuple) and isinstance(value, (list, tuple)):
        value = _tuples(value)
    elif isinstance(example, float) and isinstance(value, int):
        value = float(value)
    if type(value) is not type(example):
        raise UsageError(f"{name} should look like {example!r}, got {value!r}")
    check(name, value)
    return value


_CHOICES: dict[str, tuple[str, ...]] = {
    "validation": ("cross_fitted", "official"),
    "resize": ("squash", "pad"),
    "intensity": ("full_range", "percentile"),
    "weights": ("embedded", "hub", "none"),
    "class_weighting": ("none", "sampler", "loss"),
    "precision": ("fp32", "bf16"),
}
_RANGES: dict[str, tuple[float, float]] = {
    "folds": (1, 20),
    "image_size_px": (32, 1024),
    "batch_size": (2, 1024),
    "epochs": (0, 1000),
    "learning_rate": (1e-7, 1.0),
    "backbone_rate": (0.0, 1.0),
    "weight_decay": (0.0, 1.0),
    "label_smoothing": (0.0, 0.5),
    "mixup": (0.0, 10.0),
    "averaging": (0.0, 0.99999),
}


def check(name: str, value: Any) -> None:
    """Refuse a value outside what the field allows.

    Raises:
        UsageError: with the allowed values.
    """
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UsageError(f"{name} is one of {', '.join(_CHOICES[name])}, got '{value}'")
    if name in _RANGES:
        low, high = _RANGES[name]
        if not low <= value <= high:
            raise UsageError(f"{name} lies between {low:g} and {high:g}, got {value}")


def plan_from_json(content: Mapping[str, Any]) -> Plan:
    """The plan that `Plan.as_json` wrote, possibly edited by hand.

    Raises:
        UsageError: a value is missing or not allowed.
    """
    entries = content.get("values", {})
    names = [field.name for field in fields(Plan) if field.name not in ("reasons", "chosen_by")]
    missing = [name for name in names if name not in entries]
    if missing:
        raise UsageError(f"plan.json lacks '{missing[0]}'; write it again with: thirdeye plan")
    values = {name: _tuples(entries[name]["value"]) for name in names}
    for name, value in values.items():
        check(name, value)
    return Plan(
        **values,
        reasons={name: entries[name].get("reason", "") for name in names},
        chosen_by={name: entries[name].get("chosen_by", "rule") for name in names},
    )


def _tuples(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(_tuples(item) for item in value) if isinstance(value, (list, tuple)) else value
