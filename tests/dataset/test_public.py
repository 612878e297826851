"""Public sets are fetched from a server on this machine; the network is never asked."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from thirdeye.dataset.public import PUBLIC_SETS, PublicSet, by_hand, fetch, public_set
from thirdeye.errors import StageFailed, UsageError

CONTENT = bytes(range(256)) * 1024  # 256 KiB: several blocks


class Handler(BaseHTTPRequestHandler):
    """Serves /whole/set.npz; /short/set.npz breaks off in the middle; everything else is 404."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path not in ("/whole/set.npz", "/short/set.npz"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path.startswith("/whole") else CONTENT[:1000])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        httpd.asked = []
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield httpd
        httpd.shutdown()
        thread.join()


def entry_at(server: ThreadingHTTPServer, path: str) -> PublicSet:
    url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    return replace(PUBLIC_SETS["breastmnist"], url=url, md5=hashlib.md5(CONTENT).hexdigest())


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_fetches_once_and_then_takes_the_cache(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    entry, seen = entry_at(server, "/whole/set.npz"), []
    cache = tmp_path / "new" / "cache"
    first = fetch(entry, cache, progress=lambda done, total: seen.append((done, total)))
    second = fetch(entry, cache)
    assert first == second == cache / "set.npz"
    assert first.read_bytes() == CONTENT
    assert server.asked == ["/whole/set.npz"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert len(seen) > 1
    assert files_in(cache) == ["set.npz"]


def test_a_damaged_file_in_the_cache_is_replaced(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "set.npz").write_bytes(b"half")
    assert fetch(entry_at(server, "/whole/set.npz"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("path", ["/short/set.npz", "/missing/set.npz"])
def test_a_failed_download_leaves_what_was_there(
    server: ThreadingHTTPServer, tmp_path: Path, path: str
) -> None:
    (tmp_path / "set.npz").write_bytes(b"older")
    with pytest.raises(StageFailed):
        fetch(entry_at(server, path), tmp_path)
    assert files_in(tmp_path) == ["set.npz"]
    assert (tmp_path / "set.npz").read_bytes() == b"older"


def test_another_file_than_the_publishers_is_refused(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    entry = replace(entry_at(server, "/whole/set.npz"), md5="0" * 32)
    with pytest.raises(StageFailed, match=r"MD5 .*its publisher states 0{32}"):
        fetch(entry, tmp_path)
    assert files_in(tmp_path) == []


def test_without_a_network_says_what_to_download_where_and_how_to_go_on(tmp_path: Path) -> None:
    with socket.socket() as taken:  # a port where nobody listens
        taken.bind(("127.0.0.1", 0))
        entry = replace(
            PUBLIC_SETS["breastmnist"], url=f"http://127.0.0.1:{taken.getsockname()[1]}/breastmnist.npz"
        )
        with pytest.raises(StageFailed) as caught:
            fetch(entry, tmp_path, timeout_s=2)
    message = str(caught.value)
    for part in (entry.url, entry.md5, str(tmp_path / "breastmnist.npz"), "--positive malignant"):
        assert part in message
    assert files_in(tmp_path) == []


def test_a_file_put_there_by_hand_is_taken_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "set.npz").write_bytes(CONTENT)
    entry = replace(
        PUBLIC_SETS["breastmnist"], url="http://127.0.0.1:9/set.npz", md5=hashlib.md5(CONTENT).hexdigest()
    )
    assert fetch(entry, tmp_path, timeout_s=1) == tmp_path / "set.npz"


def test_an_unknown_name_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'brestmnist'; did you mean breastmnist\?"):
        fetch("brestmnist", tmp_path)


def test_the_table_is_complete() -> None:
    for entry in PUBLIC_SETS.values():
        assert public_set(entry.name) is entry
        assert entry.url.startswith("https://")
        assert entry.file_name == f"{entry.name}.npz"
        assert len(entry.md5) == 32
        assert entry.options in by_hand(entry, Path("cache"))
