"""OpenVINO without its telemetry.

Importing OpenVINO imports its converter, and that asks `openvino_telemetry` to send an event to Google
Analytics unless the user has refused in a file of his home folder. The converter is not needed here, and
neither it nor the telemetry package is let in.
"""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any

_TELEMETRY = "openvino_telemetry"
_CONVERTER = "openvino.tools.ovc"


@cache
def openvino() -> ModuleType:
    """The package, imported without its converter; its telemetry stays shut in this process.

    Raises:
        ImportError: it is not installed.
    """
    modules: dict[str, Any] = sys.modules
    modules.setdefault(_TELEMETRY, None)  # an import of it fails from now on, unless a user did it before
    shut = _CONVERTER not in modules
    if shut:
        modules[_CONVERTER] = None
    try:
        import openvino
    finally:
        if shut:
            del modules[_CONVERTER]
    return openvino
