"""Encrypted connections: who is trusted, and who is not."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from thirdeye.dicom.network.entity import Unreachable, echo
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.network.store import send_files
from thirdeye.dicom.network.tls import Tls
from thirdeye.errors import UsageError

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of pynetdicom


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two certificates for 127.0.0.1, each its own authority."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    place = tmp_path_factory.mktemp("tls")
    for name in ("ours", "theirs"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(place / f"{name}.key"), "-out", str(place / f"{name}.pem")],
            check=True, capture_output=True,
        )  # fmt: skip
    return place


def tls(place: Path, own: str = "", trusts: str = "") -> Tls:
    return Tls(
        place / f"{own}.pem" if own else None, place / f"{own}.key" if own else None,
        place / f"{trusts}.pem" if trusts else None,
    )  # fmt: skip


def test_both_sides_trust_each_other(
    listening: Any, certificates: Path, write_image: Any, inbox_files: Any
) -> None:
    listener = listening(tls=tls(certificates, "ours", "theirs"))
    peer = Peer("127.0.0.1", listener.port, "THIRDEYE", tls=tls(certificates, "theirs", "ours"), timeout_s=5)
    assert [one.state for one in send_files(peer, [write_image()])] == ["sent"]
    assert len(inbox_files()) == 1


@pytest.mark.parametrize("caller", [("", "ours"), ("ours", "ours"), ("theirs", "theirs")])
def test_a_stranger_is_not_let_in(listening: Any, certificates: Path, caller: tuple[str, str]) -> None:
    """Without a certificate, with one nobody trusts, and a listener that the caller does not trust."""
    listener = listening(tls=tls(certificates, "ours", "theirs"))
    with pytest.raises(Unreachable):
        echo(Peer("127.0.0.1", listener.port, "THIRDEYE", tls=tls(certificates, *caller), timeout_s=3))


def test_a_plain_caller_is_not_let_in(listening: Any, certificates: Path) -> None:
    listener = listening(tls=tls(certificates, "ours"), timeout_s=1.0)
    with pytest.raises(Unreachable):
        echo(Peer("127.0.0.1", listener.port, "THIRDEYE", timeout_s=3))


def test_a_caller_who_never_greets_holds_up_nobody(listening: Any, certificates: Path) -> None:
    listener = listening(tls=tls(certificates, "ours"), timeout_s=30.0)  # of which 10 for the greeting
    silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(3)]
    began = time.monotonic()
    echo(Peer("127.0.0.1", listener.port, "THIRDEYE", tls=tls(certificates, "", "ours"), timeout_s=30))
    assert time.monotonic() - began < 9
    for one in silent:
        one.close()


def test_dcmtk_sends_encrypted(
    listening: Any, certificates: Path, write_image: Any, inbox_files: Any
) -> None:
    if shutil.which("storescu") is None:
        pytest.skip("needs storescu: apt-get install dcmtk")
    listener = listening(tls=tls(certificates, "ours", "theirs"))
    key, own, other = (str(certificates / name) for name in ("theirs.key", "theirs.pem", "ours.pem"))
    done = subprocess.run(
        ["storescu", "-aec", "THIRDEYE", "+tls", key, own, "+cf", other, "127.0.0.1", str(listener.port),
         str(write_image())],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    if "unknown option" in done.stderr.lower():
        pytest.skip("this storescu was built without TLS")
    assert done.returncode == 0, done.stderr
    assert len(inbox_files()) == 1


def test_files_that_are_missing_are_said_without_a_path(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="files for TLS") as caught:
        Tls(tmp_path / "none.pem").for_listener()
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(UsageError, match="--tls-cert"):
        Tls().for_listener()
