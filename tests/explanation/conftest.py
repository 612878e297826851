"""The tiny reader of the inference tests, here too."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "inference" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("inference_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

blob_study = _MODULE.blob_study
make_network = _MODULE.make_network
blob_image = _MODULE.blob_image
