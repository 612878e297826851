"""DICOMweb against a real archive, and against services that mean no good."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pydicom
import pytest

from thirdeye.dicom.network.entity import Unreachable
from thirdeye.dicom.network.query import Wanted
from thirdeye.dicom.network.web.address import Address, address_of, path_of, resolved
from thirdeye.dicom.network.web.client import WebArchive
from thirdeye.dicom.network.web.http import Access
from thirdeye.dicom.network.web.multipart import packed, parts_of
from thirdeye.errors import StageFailed, UsageError

LOCAL = ("127.0.0.1",)
Answering = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answering], WebArchive]]:
    """A service on loopback that answers as it is told; what it was asked is in ``archive.asked``."""
    servers = []

    def start(answer: Answering, **access: Any) -> WebArchive:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer(self)

            do_POST = do_GET

            def log_message(self, *arguments: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        address = address_of(f"http://127.0.0.1:{server.server_port}/dicom-web", allowed=LOCAL)
        made = WebArchive(address, Access(**{"timeout_s": 3.0, **access}))
        made.asked = asked  # type: ignore[attr-defined]
        return made

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b"", kind: str = "application/dicom+json", **headers: str) -> Answering:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def web(archive: Any) -> WebArchive:
    address = address_of(f"http://127.0.0.1:{archive.http}/dicom-web", allowed=LOCAL)
    return WebArchive(address, Access(user="third", password="eye", timeout_s=10))


def test_there_and_back(web: WebArchive, archive: Any, write_image: Any, tmp_path: Any) -> None:
    path = write_image()
    source = pydicom.dcmread(path)
    assert [one.state for one in web.send_files([path])] == ["sent"]
    wanted = Wanted(patient=str(source.PatientID), date="20260101-20260131")
    (study,) = web.find_studies(wanted)
    assert study.study_uid == source.StudyInstanceUID
    assert web.find_studies(Wanted(patient="OTHER", date="20260102")) == []
    ((series, image),) = web.instances(study.study_uid)
    (tmp_path / "back.dcm").write_bytes(web.fetch(study.study_uid, series, image))
    assert pydicom.dcmread(tmp_path / "back.dcm") == source
    assert web.frame(study.study_uid, series, image, 1) == source.PixelData


def test_a_wrong_password_is_said(archive: Any, write_image: Any) -> None:
    web = WebArchive(address_of(f"http://127.0.0.1:{archive.http}/dicom-web", allowed=LOCAL), Access())
    with pytest.raises(StageFailed, match="does not let us in"):
        web.find_studies(Wanted(date="20260102"))
    assert [one.state for one in web.send_files([write_image()])] == ["failed"]


def test_garbage_is_not_stored(web: WebArchive, archive: Any, write_image: Any, tmp_path: Any) -> None:
    bad = tmp_path / "bad.dcm"
    bad.write_bytes(write_image().read_bytes()[:400])
    (found,) = web.send_files([bad])
    assert found.state != "sent"
    assert archive.count() == 0


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b"", b"null", b'{"00081199": {"Value": [{"00081155": {"Value": ["1.2.3"]}}]}}', b"NaN"],
)
def test_an_answer_without_our_reference_is_a_failure(serve: Any, write_image: Any, body: bytes) -> None:
    (found,) = serve(says(200, body)).send_files([write_image()])
    assert found.state == "refused"
    assert "does not say that it kept" in found.reason


@pytest.mark.parametrize(
    ("status", "state"), [(503, "failed"), (413, "failed"), (409, "refused"), (400, "refused")]
)
def test_which_failures_are_worth_a_retry(serve: Any, write_image: Any, status: int, state: str) -> None:
    assert [one.state for one in serve(says(status)).send_files([write_image()])] == [state]


def test_no_identity_in_an_address(serve: Any) -> None:
    web = serve(says(200, b"[]"))
    with pytest.raises(UsageError, match="addresses are logged"):
        web.find_studies(Wanted(patient="ZZMARKERZZ"))
    web.find_studies(Wanted(patient="ZZMARKERZZ", accession="ZZMARKERZZ", date="20260101"))
    assert web.asked
    assert "ZZMARKERZZ" not in " ".join(web.asked)


def test_a_redirection_is_not_followed(serve: Any) -> None:
    other = serve(says(200, b"[]"))
    web = serve(says(302, Location=f"http://127.0.0.1:{other.address.port}/dicom-web/studies"))
    with pytest.raises(StageFailed, match="not followed"):
        web.find_studies(Wanted(date="20260101"))
    assert other.asked == []


def test_a_link_to_another_host_is_not_followed(serve: Any) -> None:
    other = serve(says(200, b"secret"))
    web = serve(says(200, b"pixels", kind="application/octet-stream"))
    for uri in (
        f"http://127.0.0.1:{other.address.port}/dicom-web/bulk", "http://169.254.169.254/latest/meta-data",
        "//evil.example/dicom-web/x", "file:///etc/passwd", "/other/x", "/dicom-web/../admin",
        f"https://127.0.0.1:{web.address.port}/dicom-web/x", "http://[bad/dicom-web/x",
        f"http://127.0.0.1@evil.example:{web.address.port}/dicom-web/x",
    ):  # fmt: skip
        with pytest.raises(UsageError, match="not followed"):
            web.bulk(uri)
    assert other.asked == web.asked == []
    assert web.bulk(f"{web.address.name}/bulk/1") == b"pixels"
    assert web.bulk("bulk/2") == b"pixels"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"],
)
def test_this_computer_and_metadata_services_are_not_called(host: str) -> None:
    with pytest.raises((UsageError, Unreachable)) as caught:
        resolved(address_of(f"http://{host}/dicom-web"))
    assert isinstance(caught.value, UsageError) or host == "[::1]"


def test_an_allowed_host_is_called() -> None:
    assert resolved(address_of("http://127.0.0.1:8042", allowed=LOCAL)) == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    ["ftp://a/", "a", "http://", "http://user:pw@host/", "http://h:99999/", "https://h/x?y=1", "http://[x/"],
)
def test_addresses_that_are_none_are_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        address_of(url)
    assert "pw" not in str(caught.value)


def test_a_password_is_not_sent_in_the_clear() -> None:
    web = WebArchive(Address("http", "archive.example", 80, ""), Access(user="a", password="b"))
    with pytest.raises(UsageError, match="not sent over http"):
        web.instances("1.2.3")
    assert "password" not in repr(web.access)


def test_an_answer_that_is_too_large_is_not_taken(serve: Any) -> None:
    web = serve(says(200, b"[" + b" " * 100_000 + b"]"), most_bytes=10_000)
    with pytest.raises(StageFailed, match="larger than"):
        web.find_studies(Wanted(date="20260101"))


@pytest.mark.parametrize("body", [b"{", b"[NaN]", b"[" * 100_000, b'"x"', b"\xff", b'{"a": 1e400}'])
def test_an_answer_that_is_no_list_is_said(serve: Any, body: bytes) -> None:
    with pytest.raises(StageFailed, match=r"no DICOM JSON|no list"):
        serve(says(200, body)).find_studies(Wanted(date="20260101"))


def test_hostile_rows_are_left_out(serve: Any) -> None:
    rows = [
        1, {}, {"0020000D": 3}, {"0020000D": {"Value": "x"}}, {"0020000D": {"Value": ["../../x"]}},
        {"0020000D": {"Value": ["1.2.3"]}, "00080020": {"Value": ["2026\u202e0101"]}},
    ]  # fmt: skip
    (found,) = serve(says(200, json.dumps(rows).encode())).find_studies(Wanted(date="20260101"))
    assert (found.study_uid, found.date) == ("1.2.3", "20260101")


def test_a_service_that_gives_the_same_page_for_ever_ends(serve: Any) -> None:
    rows = [{"0020000D": {"Value": [f"1.{n}"]}} for n in range(500)]
    web = serve(says(200, json.dumps(rows).encode()))
    assert len(web.find_studies(Wanted(date="20260101"))) == 500
    assert len(web.asked) == 2


def test_uids_that_are_ways_are_not_asked_for(serve: Any) -> None:
    web = serve(says(200))
    with pytest.raises(UsageError, match="no UID"):
        web.fetch("1.2", "../../instances", "1")
    assert web.asked == []


def test_what_is_no_file_is_not_taken(serve: Any) -> None:
    with pytest.raises(StageFailed, match="not the one DICOM file"):
        serve(says(200, b"<html>", kind="text/html")).fetch("1.2", "1.3", "1.4")


def test_a_service_that_is_down_is_said() -> None:
    web = WebArchive(address_of("http://127.0.0.1:9/x", allowed=LOCAL), Access(timeout_s=2))
    with pytest.raises(Unreachable, match="does not answer"):
        web.instances("1.2")


@pytest.mark.parametrize("content", [b"", b"abc", b"a\r\n--b\r\n\r\nc", bytes(range(256))])
def test_parts_come_back(content: bytes) -> None:
    body, kind = packed(content)
    assert parts_of(body, kind) == [content]


def test_several_parts() -> None:
    body = b"--x\r\nA: 1\r\n\r\none\r\n--x\r\n\r\ntwo\r\n--x--"
    assert parts_of(body, 'multipart/related; type="a/b"; boundary="x"') == [b"one", b"two"]
    with pytest.raises(StageFailed, match="damaged"):
        parts_of(b"nothing", "multipart/related; boundary=x")


def test_a_relative_link_stays_below_the_root() -> None:
    assert path_of(Address("https", "h", 443, "/web"), "studies/1") == "/web/studies/1"
