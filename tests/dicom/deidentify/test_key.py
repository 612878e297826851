"""The key file: made for its owner alone, refused when others can read it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from thirdeye.dicom.deidentify.key import open_key, read_key, write_private
from thirdeye.errors import StageFailed, UsageError


def test_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "study.key"
    key, made = open_key(path)
    assert made
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_key(path) == (key, False)


def test_two_keys_differ(tmp_path: Path) -> None:
    assert open_key(tmp_path / "a")[0] != open_key(tmp_path / "b")[0]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_wider_permissions_are_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "study.key"
    open_key(path)
    path.chmod(mode)
    with pytest.raises(UsageError, match="can be read by others"):
        open_key(path)


def test_links_folders_and_other_files_are_refused(tmp_path: Path) -> None:
    open_key(tmp_path / "real.key")
    (tmp_path / "link.key").symlink_to(tmp_path / "real.key")
    (tmp_path / "text").write_text("not a key")
    (tmp_path / "text").chmod(0o600)
    for name, why in (("link.key", "not a regular file"), ("text", "holds no key"), ("none", "no key file")):
        with pytest.raises(UsageError, match=why):
            read_key(tmp_path / name)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_private(tmp_path / "a", "one")
    with pytest.raises(StageFailed, match="cannot write 'a'"):
        write_private(tmp_path / "a", "two")
    assert (tmp_path / "a").read_text() == "one"
