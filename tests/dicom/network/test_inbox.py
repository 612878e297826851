"""What an inbox takes and refuses, without a network."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pydicom
import pytest

from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.instance import Misfit
from thirdeye.dicom.network.journal import Journal
from thirdeye.dicom.network.meta import head_of

DEFLATED = "1.2.840.10008.1.2.1.99"


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


def deflated(dataset: bytes) -> bytes:
    """A whole file whose dataset is deflated."""
    uid = DEFLATED.encode() + b"\0" * (len(DEFLATED) % 2)
    meta = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(uid)) + uid
    group = b"\x02\x00\x00\x00UL\x04\x00" + struct.pack("<I", len(meta))
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes(128) + b"DICM" + group + meta + packer.compress(dataset) + packer.flush()


def test_the_head_tells_syntax_and_start(write_image: Any) -> None:
    content = write_image().read_bytes()
    syntax, start = head_of(content)
    assert syntax == "1.2.840.10008.1.2.1"
    assert start == 144 + int.from_bytes(content[140:144], "little")


def test_a_deflate_bomb_is_refused(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thirdeye.dicom.network.instance.MOST_INFLATED", 2 * 1024**2)
    bomb = deflated(bytes(8 * 1024**2))
    assert len(bomb) < 20_000
    with pytest.raises(Misfit, match="cannot be read"):
        inbox.keep(bomb)
    assert not list(inbox.folder.rglob("*.dcm"))


def test_a_deflated_image_is_kept(inbox: Inbox, make_image: Any, tmp_path: Path) -> None:
    source = make_image()
    source.file_meta.TransferSyntaxUID = DEFLATED
    source.save_as(tmp_path / "deflated.dcm", enforce_file_format=True)
    received = inbox.keep((tmp_path / "deflated.dcm").read_bytes())
    assert pydicom.dcmread(inbox.folder / received.file) == source


@pytest.mark.parametrize("cut", [0, 10, 131, 140, 200, 340])
def test_a_file_that_is_cut_off_is_refused(inbox: Inbox, write_image: Any, cut: int) -> None:
    with pytest.raises(Misfit):
        inbox.keep(write_image().read_bytes()[:cut])
    assert "refused" in next(inbox.journal.entries())


def test_a_draft_of_a_process_that_was_killed_is_swept_away(inbox: Inbox, write_image: Any) -> None:
    received = inbox.keep(write_image().read_bytes())
    left = (inbox.folder / received.file).with_name(".x.dcm.1.part")
    fresh = left.with_name(".y.dcm.2.part")  # of another process that takes at this moment
    for draft in (left, fresh):
        draft.write_bytes(b"half")
    os.utime(left, (1.0, 1.0))
    Inbox(inbox.folder)
    assert [left.exists(), fresh.exists()] == [False, True]
    assert (inbox.folder / received.file).exists()


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.append({"n": 1})
    with journal.path.open("ab") as stream:
        stream.write(b'{"n": ')
    journal.append({"n": 2})
    assert [entry["n"] for entry in journal.entries()] == [1, 2]
