"""The verbs as functions, in the order of the journey; each is loaded when it is first used."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thirdeye.journey.checking import check
    from thirdeye.journey.consenting import trace_consent
    from thirdeye.journey.deidentifying import deidentify
    from thirdeye.journey.demonstrating import demo
    from thirdeye.journey.drifting import drift
    from thirdeye.journey.explaining import explain
    from thirdeye.journey.literature import evidence
    from thirdeye.journey.planning import plan
    from thirdeye.journey.reading import read, read_case
    from thirdeye.journey.releasing import release
    from thirdeye.journey.repeating import robustness
    from thirdeye.journey.reporting import report
    from thirdeye.journey.running import run
    from thirdeye.journey.training import train
    from thirdeye.journey.validating import validate

__all__ = [
    "check",
    "deidentify",
    "demo",
    "drift",
    "evidence",
    "explain",
    "plan",
    "read",
    "read_case",
    "release",
    "report",
    "robustness",
    "run",
    "trace_consent",
    "train",
    "validate",
]

_HOMES = {
    "demo": "demonstrating",
    "run": "running",
    "check": "checking",
    "plan": "planning",
    "train": "training",
    "validate": "validating",
    "robustness": "repeating",
    "explain": "explaining",
    "report": "reporting",
    "read": "reading",
    "read_case": "reading",
    "drift": "drifting",
    "deidentify": "deidentifying",
    "release": "releasing",
    "trace_consent": "consenting",
    "evidence": "literature",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"thirdeye.journey has no verb '{name}'; it has {', '.join(_HOMES)}")
    return getattr(import_module(f"thirdeye.journey.{_HOMES[name]}"), name)


class _Verbs(ModuleType):
    """Keeps verb and file apart where both have one name: `evidence` is the verb.

    The file stays reachable by ``from thirdeye.journey.evidence import set_evidence``.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Verbs
