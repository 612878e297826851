"""The pixels on the screen are those of the standard, for every photometric interpretation and bit depth.

Files are written by pydicom, Pillow and nibabel; the reference is the formula of PS3.3 in numpy; the pixels
are read back from the canvas of a browser, one pixel of the image on one pixel of the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import convert_color_space
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless, generate_uid

from thirdeye.reading_room.arrivals.take_in import Arrival, take_in

pytestmark = pytest.mark.slow
ROWS, COLUMNS = 36, 52
SC = "1.2.840.10008.5.1.4.1.1.7"
RNG = np.random.default_rng(6)


def linear(x: Any, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.2.1, onto 0 to 255."""
    y = ((np.asarray(x, float) - (centre - 0.5)) / (width - 1) + 0.5) * 255
    return rounded(y)


def exact(x: Any, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.3.2."""
    return rounded(((np.asarray(x, float) - centre) / width + 0.5) * 255)


def sigmoid(x: Any, centre: float, width: float) -> np.ndarray:
    """PS3.3 C.11.2.1.3.1."""
    return rounded(255 / (1 + np.exp(-4 * (np.asarray(x, float) - centre) / width)))


def rounded(y: np.ndarray) -> np.ndarray:
    return np.floor(np.clip(y, 0, 255) + 0.5).astype(np.uint8)


def noise(low: int, high: int, kind: Any, *more: int) -> np.ndarray:
    return RNG.integers(low, high, (ROWS, COLUMNS, *more), dtype=kind, endpoint=True)


def dicom(
    path: Path,
    pixels: np.ndarray,
    bits: int,
    photometric: str = "MONOCHROME2",
    *,
    syntax: Any = None,
    **more: Any,
):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRBigEndian if syntax == "big" else ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = SC
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    d.Modality, d.PatientID = more.pop("Modality", "OT"), "P"
    d.Rows, d.Columns = ROWS, COLUMNS
    d.SamplesPerPixel = 3 if pixels.shape[-1] == 3 else 1
    d.PhotometricInterpretation = photometric
    d.BitsAllocated = 8 * pixels.dtype.itemsize
    d.BitsStored, d.HighBit = bits, bits - 1
    d.PixelRepresentation = int(pixels.dtype.kind == "i")
    if d.SamplesPerPixel == 3:
        d.PlanarConfiguration = 0
    for keyword, value in more.items():
        setattr(d, keyword, value)
    if syntax == "big":
        pixels = pixels.astype(pixels.dtype.newbyteorder(">"))
    d.PixelData = pixels.tobytes()
    d["PixelData"].VR = "OB" if d.BitsAllocated == 8 else "OW"
    if syntax == "rle":
        d.compress(RLELossless, encoding_plugin="pydicom")
    d.save_as(path, enforce_file_format=True)


def table(keyword: str, entries: np.ndarray, first: int, bits: int) -> dict[str, Any]:
    item = Dataset()
    item.add_new(0x00283002, "US" if first >= 0 else "SS", [entries.size, first, bits])
    item.add_new(0x00283006, "US", entries.tolist())
    if keyword.startswith("Modality"):
        item.ModalityLUTType = "US"
    return {keyword: [item]}


KINDS: dict[str, Callable[[Path], np.ndarray]] = {}


def kind(write: Callable[[Path], np.ndarray]) -> Callable[[Path], np.ndarray]:
    KINDS[write.__name__] = write
    return write


@kind
def eight_bits(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 255, np.uint8), 8)
    return x


@kind
def one_of_eight_bits_per_colour_is_bright_first(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 255, np.uint8), 8, "MONOCHROME1")
    return 255 - x


@kind
def ten_bits_with_a_window(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 1023, np.uint16), 10, WindowCenter=500, WindowWidth=700)
    return linear(x, 500, 700)


@kind
def twelve_bits_inverted(path: Path) -> np.ndarray:
    dicom(
        path, x := noise(0, 4095, np.uint16), 12, "MONOCHROME1", WindowCenter=[1900, 1], WindowWidth=[3000, 2]
    )
    return 255 - linear(x, 1900, 3000)


@kind
def sixteen_bits_with_slope(path: Path) -> np.ndarray:
    more = {"RescaleSlope": 0.25, "RescaleIntercept": -1000, "WindowCenter": 7000, "WindowWidth": 9000}
    dicom(path, x := noise(0, 65535, np.uint16), 16, **more)
    return linear(x * 0.25 - 1000, 7000, 9000)


@kind
def signed_with_negative_slope(path: Path) -> np.ndarray:
    more = {"RescaleSlope": -2, "RescaleIntercept": 10, "WindowCenter": 0, "WindowWidth": 5000}
    dicom(path, x := noise(-2048, 2047, np.int16), 12, **more)
    return linear(-2.0 * x + 10, 0, 5000)


@kind
def hounsfield_units_without_a_window(path: Path) -> np.ndarray:
    more = {"Modality": "CT", "BodyPartExamined": "CHEST", "RescaleSlope": 1, "RescaleIntercept": -1024}
    dicom(path, x := noise(0, 2000, np.int16), 16, **more)
    return exact(x - 1024.0, -600, 1500)  # the ends of the reading window


@kind
def linear_exact(path: Path) -> np.ndarray:
    more = {"WindowCenter": 300, "WindowWidth": 512, "VOILUTFunction": "LINEAR_EXACT"}
    dicom(path, x := noise(-500, 1000, np.int16), 16, **more)
    return exact(x, 300, 512)


@kind
def a_sigmoid(path: Path) -> np.ndarray:
    more = {"WindowCenter": 2000, "WindowWidth": 1200, "VOILUTFunction": "SIGMOID"}
    dicom(path, x := noise(0, 4095, np.uint16), 12, **more)
    return sigmoid(x, 2000, 1200)


@kind
def a_table_for_display(path: Path) -> np.ndarray:
    entries = np.rint(4095 * np.sqrt(np.linspace(0, 1, 2000))).astype(int)
    dicom(path, x := noise(0, 4095, np.uint16), 12, **table("VOILUTSequence", entries, 100, 12))
    return rounded(entries[np.clip(x.astype(int) - 100, 0, 1999)] / 4095 * 255)


@kind
def a_table_for_values(path: Path) -> np.ndarray:
    entries = (np.arange(4096) ** 2 // 300).astype(int)
    more = {"WindowCenter": 20000, "WindowWidth": 30000, **table("ModalityLUTSequence", entries, 0, 16)}
    dicom(path, x := noise(0, 4095, np.uint16), 12, **more)
    return linear(entries[x], 20000, 30000)


@kind
def big_endian(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 4095, np.uint16), 12, syntax="big", WindowCenter=2048, WindowWidth=4096)
    return linear(x, 2048, 4096)


@kind
def run_lengths(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 4095, np.uint16), 12, syntax="rle", WindowCenter=2048, WindowWidth=4096)
    return linear(x, 2048, 4096)


@kind
def old_overlays_in_high_bits(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 65535, np.uint16), 12, WindowCenter=2048, WindowWidth=4096)
    return linear(x & 0x0FFF, 2048, 4096)


@kind
def colours(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 255, np.uint8, 3), 8, "RGB")
    return x


@kind
def luminance_and_chrominance(path: Path) -> np.ndarray:
    dicom(path, x := noise(0, 255, np.uint8, 3), 8, "YBR_FULL")
    return convert_color_space(x, "YBR_FULL", "RGB")


@kind
def a_palette(path: Path) -> np.ndarray:
    tables = [RNG.integers(0, 256, 256) for _ in range(3)]
    more: dict[str, Any] = {}
    for name, entries in zip(("Red", "Green", "Blue"), tables, strict=True):
        more[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        more[f"{name}PaletteColorLookupTableData"] = (entries * 257).astype("<u2").tobytes()
    dicom(path, x := noise(0, 255, np.uint8), 8, "PALETTE COLOR", **more)
    return np.stack([entries[x] for entries in tables], axis=-1).astype(np.uint8)


@kind
def frames(path: Path) -> np.ndarray:
    x = RNG.integers(0, 256, (3, ROWS, COLUMNS), dtype=np.uint8)
    dicom(path, x, 8, NumberOfFrames=3)
    return x[1]  # the middle one is shown at first


@kind
def grey_png(path: Path) -> np.ndarray:
    Image.fromarray(x := noise(0, 255, np.uint8)).save(path, "PNG")
    return x


@kind
def sixteen_bit_png(path: Path) -> np.ndarray:
    Image.fromarray(x := noise(200, 9000, np.uint16)).save(path, "PNG")
    low, high = np.percentile(x, (0.5, 99.5))
    return rounded((x - low) / (high - low) * 255)


@kind
def colour_png(path: Path) -> np.ndarray:
    Image.fromarray(x := noise(0, 255, np.uint8, 3)).save(path, "PNG")
    return x


@kind
def colour_jpeg(path: Path) -> np.ndarray:
    Image.fromarray(noise(0, 255, np.uint8, 3)).save(path, "JPEG", quality=95)
    return np.asarray(Image.open(path).convert("RGB"))


@kind
def volume(path: Path) -> np.ndarray:
    """Indices grow to the right, the front and the head: the screen shows left at the right, back below."""
    x = RNG.integers(-300, 900, (COLUMNS, ROWS, 5)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(x, np.diag([1, 1, 1, 1])), path)
    low, high = np.percentile(x, (0.5, 99.5))
    return rounded((x[::-1, ::-1, 2].T - low) / (high - low) * 255)


@kind
def floating_volume_from_the_left(path: Path) -> np.ndarray:
    """Indices grow to the left, the back and the head: as the screen shows them."""
    x = RNG.normal(0, 1e-3, (COLUMNS, ROWS, 5)).astype(np.float32)
    nibabel.save(nibabel.Nifti1Image(x, np.diag([-1, -1, 1, 1])), path)
    low, high = np.percentile(x.astype(float), (0.5, 99.5))
    return rounded((x[..., 2].T.astype(float) - low) / (high - low) * 255)


READ_BACK = """() => {
  const canvas = document.querySelector('.view canvas');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 3; y < height; y += 1) for (let x = 0; x < width; x += 1, at += 4) if (data[at]) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  const found = [];
  for (let y = top; y <= bottom; y += 1) for (let x = left; x <= right; x += 1) {
    const at = 4 * (y * width + x);
    found.push(data[at], data[at + 1], data[at + 2]);
  }
  return { width: right - left + 1, height: bottom - top + 1, found };
}"""


@pytest.fixture
def shown(house: Any, sit_down: Any, tmp_path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of every kind of file what the screen shows, and what it should show."""
    wanted, files = {}, []
    for name, write in KINDS.items():
        ending = (
            ".nii" if "volume" in name else ".png" if "png" in name else ".jpg" if "jpeg" in name else ".dcm"
        )
        files.append(tmp_path / f"{name}{ending}")
        wanted[name] = write(files[-1])
    case = take_in(house.room, house.study, Arrival(files=files, patient="p", source="upload"))
    page = sit_down(viewport={"width": 1280, "height": 900})
    csrf = page.input_value("[name=csrf] >> nth=0")
    for step in ("take", "check"):
        page.request.post(f"/cases/{case}/{step}", form={"csrf": csrf}, max_redirects=0)
    page.goto(f"/cases/{case}/read")
    page.wait_for_selector(".view")
    page.click(".viewer-tools button[value='1']")
    found = {}
    for at, name in enumerate(wanted):
        page.click(f".thumbs button[value='{at}']")
        page.wait_for_selector(".view[data-state=ready]")
        page.focus(".view")
        page.keyboard.press("1")
        back = page.evaluate(READ_BACK)
        found[name] = np.array(back["found"], np.uint8).reshape(back["height"], back["width"], 3)
    return {name: (found[name], wanted[name]) for name in wanted}


def test_every_kind_is_shown_as_the_standard_says(shown: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    wrong = {}
    for name, (found, wanted) in shown.items():
        wanted = wanted if wanted.ndim == 3 else np.repeat(wanted[..., None], 3, axis=2)
        if found.shape != wanted.shape:
            wrong[name] = f"{found.shape} instead of {wanted.shape}"
            continue
        off = np.abs(found.astype(int) - wanted)
        if off.max() > 1 or (off > 0).mean() > 0.01:  # a value on the edge of two levels may round either way
            wrong[name] = f"off by up to {off.max()}, {(off > 0).mean():.1%} of pixels"
    assert not wrong
