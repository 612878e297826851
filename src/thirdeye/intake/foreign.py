"""What a file that is not read here seems to be, and what would help."""

from __future__ import annotations

# By name, where the first bytes say less: suffixes, what it is, what to do.
_NAMED: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((".pt", ".pth", ".ckpt", ".pkl", ".safetensors", ".onnx"), "a trained model", ""),
    ((".npy", ".mat", ".h5", ".hdf5"), "an array", "save its images as PNG or NIfTI"),
    ((".mgz", ".mgh"), "a FreeSurfer volume", "convert it to NIfTI"),
    ((".mnc",), "a MINC volume", "convert it to NIfTI"),
    ((".par", ".rec"), "Philips PAR/REC", "convert it to NIfTI"),
    ((".head", ".brik", ".brik.gz"), "an AFNI volume", "convert it to NIfTI"),
    ((".trk", ".tck"), "fibre tracks", ""),
    ((".sgi", ".ico", ".icns", ".psd", ".heic", ".avif", ".pcx", ".tga"), "a picture", "save it as PNG"),
    ((".json", ".yaml", ".yml", ".txt", ".md", ".rst"), "text", ""),
)
_HEADS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x00\x00\x00\x0cjP", "JPEG 2000", "save it as PNG"),
    (b"\xff\x4f\xff\x51", "JPEG 2000", "save it as PNG"),
    (b"%PDF", "a PDF", ""),
    (b"PK\x03\x04", "a zip archive", "unpack it"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"<", "HTML or XML text", ""),
)
_LFS = b"version https://git-lfs"


def guess(head: bytes, name: str) -> str:
    """`` (it looks like a PDF)``, or "" where nothing is known.

    Args:
        head: the first bytes.
        name: of the file.
    """
    if head.startswith(_LFS):
        return " (it is a Git LFS pointer; fetch the real file with 'git lfs pull')"
    named = (rest for suffixes, *rest in _NAMED if name.lower().endswith(suffixes))
    marked = (rest for start, *rest in _HEADS if head.startswith(start))
    found = next(named, None) or next(marked, None)
    if found is None:
        return ""
    what, advice = found
    return f" (it looks like {what}{'; ' if advice else ''}{advice})"
