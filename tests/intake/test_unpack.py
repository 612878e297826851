"""Archives as data: the harmless unpacked once, the harmful refused with a reason and nothing written."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.intake.open import open_collection
from thirdeye.intake.unpack import is_packed, opened, unpacked
from thirdeye.intake.unpack_entries import Limits, safe_parts, unpack_into
from thirdeye.intake.workers import call


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "thirdeye" / "unpacked"


def zipped(path: Path, entries: Mapping[str, bytes], **how: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for field, value in how.items():
                setattr(info, field, value)
            packed.writestr(info, content)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for info, content in members:
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return path


def test_a_folder_of_classes_in_a_zip(
    class_folders: Callable[[Mapping[str, int]], Path], tmp_path: Path, cache: Path
) -> None:
    folder = class_folders({"sick": 6, "normal": 6})
    archive = tmp_path / "our data.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in folder.rglob("*.png"):
            packed.write(path, f"some folder/{path.relative_to(folder)}")
        packed.writestr("__MACOSX/some folder/._x.png", b"junk")
    first = open_collection(archive, patient_is_image=True, positive="sick")
    assert first.understood[0] == (
        "our data.zip was unpacked into Third Eye's cache (13 files) and is read from there."
    )
    assert first.layout == "class-folders"
    assert len(first.rows) == 12
    assert first.root.is_relative_to(cache)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in (cache, *cache.iterdir()))
    again = open_collection(archive, patient_is_image=True, positive="sick")
    assert again.understood[0].startswith("our data.zip was unpacked earlier")
    assert again.root == first.root
    assert not list(cache.glob("*.part"))
    renamed = archive.rename(tmp_path / "other.zip")
    assert open_collection(renamed, patient_is_image=True, positive="sick").root == first.root


def test_a_tar_with_a_table(table_folder: Callable[..., Path], tmp_path: Path) -> None:
    folder = table_folder(label=["a", "b"] * 6, patient=list(range(12)))
    archive = tmp_path / "set.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, "set")
    collection = open_collection(archive, positive="a")
    assert (collection.layout, len(collection.rows)) == ("table", 12)


def test_names_in_any_script(tmp_path: Path) -> None:
    """UTF-8 with and without its mark (older zip programs set none), and code page 437."""
    archive = zipped(tmp_path / "a.zip", {"krank/größe.txt": b"1"})
    content = archive.read_bytes().replace("größe".encode(), b"gr\x94xxxx"[:7])
    flagless = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flagless[flagless.index(mark) + offset + 1] &= ~0x08
    (tmp_path / "b.zip").write_bytes(flagless)
    unmarked = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        unmarked[unmarked.index(mark) + offset + 1] &= ~0x08
    (tmp_path / "c.zip").write_bytes(unmarked)
    names = [[p.name for p in opened(tmp_path / f"{n}.zip").rglob("*.txt")] for n in "abc"]
    assert names == [["größe.txt"], ["gröxxxx.txt"], ["größe.txt"]]


def link(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("link")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


HARMFUL: dict[str, tuple[Callable[[Path], Path], str]] = {
    "slip": (lambda p: zipped(p / "a.zip", {"../../x": b"1"}), "leads out of the folder"),
    "slip deep": (lambda p: zipped(p / "a.zip", {"a/../../x": b"1"}), "leads out of the folder"),
    "backslash": (lambda p: zipped(p / "a.zip", {"..\\x": b"1"}), "leads out of the folder"),
    "absolute": (lambda p: zipped(p / "a.zip", {"/tmp/x": b"1"}), "the absolute name '/tmp/x'"),
    "drive": (lambda p: zipped(p / "a.zip", {"C:\\x": b"1"}), "the absolute name"),
    "control": (lambda p: zipped(p / "a.zip", {"a\nb": b"1"}), r"control characters \('a\?b'\)"),
    "long": (lambda p: zipped(p / "a.zip", {"a" * 250: b"1"}), "empty or too long"),
    "case": (lambda p: zipped(p / "a.zip", {"a.png": b"1", "A.PNG": b"1"}), "holds both 'a.png' and 'A.PNG'"),
    "composed": (lambda p: zipped(p / "a.zip", {"é": b"1", "e\u0301": b"1"}), "one file on many computers"),
    "file and folder": (lambda p: zipped(p / "a.zip", {"a": b"1", "a/b": b"1"}), "cannot be unpacked"),
    "link": (
        lambda p: zipped(p / "a.zip", {"l": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16),
        "holds a link or device",
    ),
    "bomb": (lambda p: zipped(p / "a.zip", {"z": bytes(150 << 20)}), "grows to more than 100 MB"),
    "not one": (lambda p: (p / "a.zip").write_bytes(b"hello") and p / "a.zip", "neither a zip nor a tar"),
    "tar slip": (lambda p: tarred(p / "a.tar.gz", (tarfile.TarInfo("../x"), b"1")), "leads out of"),
    "tar absolute": (lambda p: tarred(p / "a.tgz", (tarfile.TarInfo("/x"), b"1")), "the absolute name '/x'"),
    "tar symlink": (lambda p: tarred(p / "a.tar.gz", (link(tarfile.SYMTYPE), b"")), "a link or device"),
    "tar hard link": (lambda p: tarred(p / "a.tar.gz", (link(tarfile.LNKTYPE), b"")), "a link or device"),
    "tar fifo": (lambda p: tarred(p / "a.tar.gz", (link(tarfile.FIFOTYPE), b"")), "a link or device"),
    "tar twice": (
        lambda p: tarred(p / "a.tar.gz", *[(tarfile.TarInfo("x"), b"1") for _ in "12"]), "holds 'x' twice",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMFUL)
def test_the_harmful_is_refused_and_nothing_is_left(tmp_path: Path, cache: Path, what: str) -> None:
    make, reason = HARMFUL[what]
    archive = make(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "cache"))
    with pytest.raises(DataRefused, match=rf"^{archive.name}: .*{reason}"):
        opened(archive)
    assert list(cache.iterdir()) == []
    after = sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "cache"))
    assert after == before


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("x", b"1")
        packed.writestr("x", b"2")
    with pytest.raises(DataRefused, match=r"a\.zip: holds 'x' twice"):
        opened(tmp_path / "a.zip")


def test_an_encrypted_zip(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"x": b"1"}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(DataRefused, match=r"a\.zip: is encrypted; unpack it yourself"):
        opened(tmp_path / "a.zip")


def test_a_damaged_zip(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"x": os.urandom(5000)})
    content = bytearray(archive.read_bytes())
    content[2000] ^= 255
    archive.write_bytes(content)
    with pytest.raises(DataRefused, match=r"a\.zip: is damaged"):
        opened(archive)


def test_a_header_of_a_tar_that_eats_memory(tmp_path: Path) -> None:
    """A long name of 400 MB of zeros, 2 MB when packed."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 400 << 20
    with gzip.open(tmp_path / "a.tar.gz", "wb", 1) as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.write(bytes(400 << 20))
    (tmp_path / "out").mkdir()
    arguments = (tmp_path / "a.tar.gz", tmp_path / "out", Limits())
    with pytest.raises(UnreadableFile, match=r"a\.tar\.gz: needs more memory than 0\.25 GB"):
        call(unpack_into, *arguments, name="a.tar.gz", memory_bytes=256 << 20)


def test_tight_packing_is_no_bomb_below_the_limit(tmp_path: Path) -> None:
    assert opened(zipped(tmp_path / "a.zip", {"mask.nii": bytes(20 << 20)})).is_dir()


def test_archives_inside_are_not_entered(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"../x": b"1"}).read_bytes()
    folder = opened(zipped(tmp_path / "a.zip", {"inner.zip": inner}))
    assert [path.name for path in folder.iterdir()] == ["inner.zip"]


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {str(number): b"" for number in range(30)})
    (tmp_path / "out").mkdir()
    with pytest.raises(UnreadableFile, match="holds more than 20 files"):
        unpack_into(archive, tmp_path / "out", Limits(entries=20))


def test_half_an_archive_is_never_used(tmp_path: Path, cache: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"x": b"1"})
    folder = opened(archive)
    (folder.parent / "complete").unlink()
    (folder / "x").write_bytes(b"half")
    assert (opened(archive) / "x").read_bytes() == b"1"
    assert len(list(cache.iterdir())) == 1


def test_what_nobody_uses_for_a_month_goes(tmp_path: Path, cache: Path) -> None:
    old = opened(zipped(tmp_path / "a.zip", {"x": b"1"}))
    kept = opened(zipped(tmp_path / "b.zip", {"x": b"2"}))
    month = time.time() - 31 * 86400
    os.utime(old.parent / "complete", (month, month))
    opened(zipped(tmp_path / "c.zip", {"x": b"3"}))
    assert (old.exists(), kept.exists()) == (False, True)


@pytest.mark.parametrize(
    ("name", "packed"), [("a.ZIP", True), ("a.tar.gz", True), ("a.nii.gz", False), ("a.npz", False)]
)
def test_what_is_taken_for_an_archive(tmp_path: Path, name: str, packed: bool) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    assert is_packed(tmp_path / name) == packed
    assert not is_packed(tmp_path)


def test_parts_of_harmless_names() -> None:
    assert safe_parts("a.zip", "./a//b/..c") == ("a", "b", "..c")


def test_the_sentence_tells_no_path(tmp_path: Path) -> None:
    _, sentences = unpacked(zipped(tmp_path / "a.zip", {"x": b"1"}))
    assert str(tmp_path) not in " ".join(sentences)
