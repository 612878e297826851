"""Third Eye: from a folder of labelled medical images to a second reader that a doctor can trust.

The verbs of the command line as functions, loaded when they are first used::

    import thirdeye

    thirdeye.check("images/")                                # put the data on trial
    thirdeye.run("images/", "study/", positive="malignant")  # the whole journey
    for opinion in thirdeye.read("study/", ["new.png"]):     # a second opinion
        print(opinion.probabilities)

Research use only. Not a medical device.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thirdeye.journey import (
        check,
        deidentify,
        demo,
        drift,
        explain,
        plan,
        read,
        read_case,
        release,
        report,
        robustness,
        run,
        trace_consent,
        train,
        validate,
    )
    from thirdeye.journey.literature import evidence

    __version__: str

__all__ = [
    "__version__",
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'thirdeye' has no attribute '{name}'; it offers {', '.join(__all__)}")
    if name == "__version__":
        from importlib.metadata import version

        return version("thirdeye-imaging")
    from importlib import import_module

    return getattr(import_module("thirdeye.journey"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Facade(ModuleType):
    """Keeps verb and room apart where both have one name: `thirdeye.plan` is the verb.

    Importing the room ``thirdeye.plan`` would otherwise put the module over the function; the room stays
    reachable by ``from thirdeye.plan.plan import Plan``.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Facade
