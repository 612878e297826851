"""The endpoint, called as a server calls it: one image in, one opinion or one sentence out."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.inference.endpoint.app import make_app
from thirdeye.inference.endpoint.upload import Limits
from thirdeye.inference.second_opinion import SecondReader

PNG = b"\x89PNG\r\n\x1a\n"


def in_a_loop(coroutine: Any) -> Any:
    """What it gives; in a thread of its own, since a browser of other tests may run a loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, coroutine).result()


class Said(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, Any]:
        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is not JSON")

        return json.loads(self.body, parse_constant=refuse)


async def send(
    app: Any, method: str, path: str, pieces: list[bytes], *, pause_s: float = 0.0, **headers: str
) -> Said:
    """One request to an ASGI application."""
    left = list(pieces) or [b""]
    given = {"host": "127.0.0.1:8765", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 8765),
        "client": ("127.0.0.1", 1), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause_s)
        if not left:
            await asyncio.sleep(60)
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    async def answer(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, answer)
    start = sent[0]
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Said(start["status"], found, b"".join(one.get("body", b"") for one in sent[1:]))


def post(app: Any, content: bytes, kind: str = "image/png", **more: Any) -> Said:
    return in_a_loop(send(app, "POST", "/v1/opinions", [content], content_type=kind, **more))


def get(app: Any, path: str, **headers: str) -> Said:
    return in_a_loop(send(app, "GET", path, [], **headers))


@pytest.fixture(scope="module")
def reader(blob_study: Path) -> SecondReader:
    return SecondReader.load(blob_study, threads=1)


@pytest.fixture(scope="module")
def app(reader: SecondReader) -> Any:
    return make_app(reader)


@pytest.fixture(scope="module")
def picture(blob_image: Callable[..., Any]) -> bytes:
    stream = io.BytesIO()
    PIL.Image.fromarray(blob_image(np.random.default_rng(4), positive=True).pixels).save(stream, "PNG")
    return stream.getvalue()


def test_the_answer_is_the_opinion_of_the_reader(
    app, reader, picture: bytes, tmp_path: Path, repository: Path
) -> None:
    (tmp_path / "upload.png").write_bytes(picture)
    found = post(app, picture)
    assert found.status == 200
    assert found.headers["cache-control"] == "no-store"
    jsonschema.validate(
        found.form, json.loads((repository / "src/thirdeye/case/schema/opinion.json").read_text())
    )
    alone = json.loads(json.dumps(reader.read(tmp_path / "upload.png").as_json()))
    assert found.form == alone | {"source": "upload"}


def test_health_model_and_schema(app, reader) -> None:
    assert get(app, "/health").form == {"status": "ok"}
    about = get(app, "/v1/model").form
    assert about["readers"][0]["sha256"] == [reader.manifest.onnx["sha256"]]
    assert about["readers"][0]["classes"] == ["healthy", "nodule"]
    paper = get(app, "/openapi.json").form
    assert paper["openapi"].startswith("3.1")
    assert set(paper["paths"]) == {"/health", "/v1/model", "/v1/opinions"}
    assert "413" in paper["paths"]["/v1/opinions"]["post"]["responses"]
    jsonschema.Draft202012Validator.check_schema(paper["components"]["schemas"]["Opinion"])


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"", "image/png", 422, "empty"),
        (PNG, "image/png", 422, "cannot be read"),
        (b"not an image", "image/png", 422, "cannot be read"),
        (b"\x00" * 132 + b"DICM", "application/dicom", 422, "cannot be read"),
        (b"{}", "application/json", 415, "Content-Type of image/png"),
        (b"/etc/passwd", "text/plain", 415, "one image as the body"),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415, "one image"),
        (PNG, "", 415, "one image"),
    ],
)
def test_what_is_no_image_is_refused_with_a_sentence(
    app, content: bytes, kind: str, status: int, said: str
) -> None:
    found = post(app, content, kind)
    assert found.status == status
    assert said in found.form["error"]
    assert "/tmp" not in found.form["error"]


def test_too_much_is_refused_early_and_late(reader, picture: bytes) -> None:
    app = make_app(reader, limits=Limits(upload_bytes=100))
    assert post(app, picture).status == 413
    assert post(app, b"", content_length="101").status == 413
    pieces = in_a_loop(send(app, "POST", "/v1/opinions", [b"x" * 60] * 3, content_type="image/png"))
    assert pieces.status == 413
    assert "larger than" in pieces.form["error"]


def test_too_slow_is_refused(reader) -> None:
    app = make_app(reader, limits=Limits(upload_s=0.05))
    found = in_a_loop(send(app, "POST", "/v1/opinions", [b"x"] * 9, content_type="image/png", pause_s=0.02))
    assert found.status == 408


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_other_names_are_not_answered(app, picture: bytes, host: str) -> None:
    assert get(app, "/health", host=host).status == 400
    assert post(app, picture, host=host).status == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_sites_are_not_answered(app, picture: bytes, site: str) -> None:
    found = post(app, picture, sec_fetch_site=site)
    assert found.status == 403
    assert "access-control-allow-origin" not in found.headers


def test_other_addresses_and_methods(app) -> None:
    assert get(app, "/etc/passwd").status == 404
    assert get(app, "/v1/opinions").status == 405
    assert get(app, "/docs").status == 404


class Slow:
    """A reader that waits until it is let go."""

    def __init__(self, manifest: Any) -> None:
        self.manifest, self.go, self.read = manifest, threading.Event(), 0

    def read_many(self, paths: list[Path]):
        for path in paths:
            self.go.wait(120)
            self.read += 1
            yield type("Reading", (), {"opinion": Opinion(str(path), "binary", {})})()


def test_too_many_at_once_are_sent_away(reader, picture: bytes) -> None:
    slow = Slow(reader.manifest)
    app = make_app(slow, limits=Limits(waiting=1))

    async def several() -> list[Said]:
        def one():
            return send(app, "POST", "/v1/opinions", [picture], content_type="image/png")

        calls = [asyncio.create_task(one()) for _ in range(4)]
        while sum(call.done() for call in calls) < 2:
            await asyncio.sleep(0.01)
        slow.go.set()
        return await asyncio.gather(*calls)

    found = in_a_loop(several())
    assert sorted(one.status for one in found) == [200, 200, 503, 503]
    assert all(one.headers["retry-after"] for one in found if one.status == 503)


def test_a_reader_that_hangs_gives_up_and_keeps_its_place(reader, picture: bytes) -> None:
    slow = Slow(reader.manifest)
    app = make_app(slow, limits=Limits(waiting=0, answer_s=2.0))

    async def after_another() -> list[int]:
        statuses = []
        for _ in range(2):
            found = await send(app, "POST", "/v1/opinions", [picture], content_type="image/png")
            statuses.append(found.status)
        slow.go.set()
        until = time.monotonic() + 60
        while slow.read < 1 and time.monotonic() < until:
            await asyncio.sleep(0.01)
        while time.monotonic() < until:  # its place is free a moment after
            found = await send(app, "POST", "/v1/opinions", [picture], content_type="image/png")
            if found.status != 503:
                break
        return [*statuses, found.status]

    assert in_a_loop(after_another()) == [504, 503, 200]


class Broken:
    """A reader whose failure names a path and a patient."""

    def __init__(self, manifest: Any) -> None:
        self.manifest = manifest

    def read_many(self, paths: list[Path]):
        raise RuntimeError(f"Jane Doe in {paths[0]}")


def test_a_failure_tells_nothing_private(reader, picture: bytes, caplog: pytest.LogCaptureFixture) -> None:
    found = post(make_app(Broken(reader.manifest)), picture)
    assert found.status == 500
    assert found.form == {"error": "the reader failed (RuntimeError); there is no opinion"}
    assert "Jane" not in caplog.text


def test_nothing_is_left_on_the_disk(
    app, picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert post(app, picture).status == 200
    assert post(app, b"bad").status == 422
    assert list(tmp_path.iterdir()) == []
