"""`thirdeye serve-opinions` in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

_FILE = Path(__file__).resolve().parents[1] / "inference" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("inference_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
blob_study = _MODULE.blob_study


@pytest.mark.slow
def test_it_answers_this_computer_and_ends_with_ctrl_c(blob_study: Path) -> None:
    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "serve-opinions"]
    child = subprocess.Popen(
        [*command, str(blob_study), "--port", "0", "--threads", "1", "--most-mb", "0.1"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        found = re.search(r"http://127.0.0.1:(\d+)/v1/opinions", child.stderr.readline())
        assert found
        stream = io.BytesIO()
        image = _MODULE.make_blob_image(np.random.default_rng(0), positive=True)
        PIL.Image.fromarray(image.pixels).save(stream, "PNG")

        def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
            connection.request(method, path, body, headers)
            with contextlib.closing(connection):
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())

        png = {"Content-Type": "image/png"}
        status, form = ask("POST", "/v1/opinions", stream.getvalue(), **png)
        assert (status, form["predicted"], form["source"]) == (200, "nodule", "upload")
        assert ask("GET", "/health") == (200, {"status": "ok"})
        assert ask("POST", "/v1/opinions", b"x" * 200_000, **png)[0] == 413
    finally:
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
    assert "Traceback" not in err
    assert out == ""


def test_another_address_needs_a_name(thirdeye: Callable[..., Any], blob_study: Path) -> None:
    said = thirdeye("serve-opinions", blob_study, "--host", "0.0.0.0")
    assert said.code == 2
    assert "--known-as" in said.refusal


def test_a_port_that_is_taken_is_a_sentence(thirdeye: Callable[..., Any], blob_study: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = thirdeye("serve-opinions", blob_study, "--port", str(taken.getsockname()[1]), "--threads", "1")
    assert said.code == 4
    assert "choose another --port" in said.refusal
