"""How much rendered text does the search of pixels find, and how often does it accuse a clean image?

    python benchmarks/burned_in.py [--images 60] [--data FOLDER] [--json FILE]

Draws lines of text (names, dates, numbers, marks) of 9 to 28 px into real radiographs, CT and MR slices, and
searches each image with and without them.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from pathlib import Path

import matplotlib
import numpy as np
from common import arguments, finish, machine, table
from PIL import Image, ImageDraw, ImageFont

WORDS = (
    "DOE^JANE", "Jane Doe", "MRN 771231", "12.03.1950", "1950-03-12 F", "ST. MARY'S HOSPITAL", "Acc: A00917",
    "L", "R", "AP", "Dr. Kowalska", "14:22:07", "kV 120 mAs 210", "SIEMENS", "Se: 3 Im: 41", "W 350 L 40",
)  # fmt: skip
FONTS = ("DejaVuSans.ttf", "DejaVuSansMono.ttf", "DejaVuSerif.ttf", "DejaVuSans-Bold.ttf")
FONT_FOLDER = f"{matplotlib.get_data_path()}/fonts/ttf"
COVERED = 0.5  # share of a line that boxes have to cover to count as found


def main() -> None:
    parser = arguments(__doc__ or "", "results/burned_in.json")
    parser.add_argument("--images", type=int, default=60, help="images to draw into")
    options = parser.parse_args()
    from thirdeye.intake.deidentify.text_search import find_text

    backgrounds = clean_images(options.data, options.images)
    rng = np.random.default_rng(0)
    found, lines, whole, seconds = [], [], [], []
    accused, number = Counter(), Counter()
    for kind, clean in backgrounds:
        accused[kind] += bool(find_text(clean))
        number[kind] += 1
        picture, drawn = with_text(clean, rng)
        start = time.perf_counter()
        boxes = find_text(picture)
        seconds.append(time.perf_counter() - start)
        hits = [covered(line, boxes) >= COVERED for line, _ in drawn]
        found += hits
        lines += [size for _, size in drawn]
        whole += [any(hits)] if hits else []
    rows = [
        (name, f"{sum(hits)}/{len(hits)}", f"{np.mean(hits):.2f}")
        for name, hits in [
            ("all lines", found),
            *(
                (
                    f"{low} to {high} px",
                    [hit for hit, size in zip(found, lines, strict=True) if low <= size <= high],
                )
                for low, high in ((9, 12), (13, 18), (19, 28))
            ),
            ("images in which at least one line was found", whole),
        ]
    ]
    rows += [
        (f"accused of {kind} as they are", f"{accused[kind]}/{all_of}", f"{accused[kind] / all_of:.2f}")
        for kind, all_of in number.items()
    ]
    text = table(("what", "number", "share"), rows)
    text += f"\n\nMedian time {statistics.median(seconds):.2f} s an image, one thread.\n"
    finish({"machine": machine(), "rows": rows, "seconds": seconds}, options.json, text)


def clean_images(data: Path, number: int) -> list[np.ndarray]:
    """8-bit pictures from DICOM, of many kinds, none known to hold text."""
    import pydicom

    from thirdeye.intake.deidentify.frames import pictures

    found = []
    names = sorted((data / "dicom_transfer_syntaxes").glob("*_UNC.dcm"))
    names += sorted((data / "dicom_seg_sr_examples").rglob("*.dcm"))
    for name in names:
        dataset = pydicom.dcmread(name)
        if dataset.get("Modality") in ("CT", "MR", "CR", "NM", "XA") and "PixelData" in dataset:
            found += [(dataset.Modality, picture) for picture in pictures(dataset)[:1]]
    for folder in ("chest_xray_pneumonia_pediatric", "covid_xray_3class"):
        for path in sorted((data / folder).rglob("*.jp*g"))[:: 40 if folder.startswith("chest") else 15]:
            found.append(("JPEG radiographs, many with marks", np.asarray(Image.open(path).convert("L"))))
    return found[:: max(1, len(found) // number)][:number]


def with_text(picture: np.ndarray, rng: np.random.Generator):
    """The picture with one to four lines near its edges; boxes and heights of the lines."""
    image = Image.fromarray(picture).convert("RGB")
    draw, drawn = ImageDraw.Draw(image), []
    corners = rng.permutation(4)[: rng.integers(1, 5)]
    for corner in corners:
        size = int(rng.integers(9, 29))
        font = ImageFont.truetype(f"{FONT_FOLDER}/{FONTS[rng.integers(len(FONTS))]}", size)
        text = WORDS[rng.integers(len(WORDS))]
        left, upper, right, lower = draw.textbbox((0, 0), text, font=font)
        x = 6 if corner % 2 == 0 else image.width - 6 - right
        y = 6 if corner < 2 else image.height - 6 - lower
        if right > image.width - 12:
            continue
        draw.text((x, y), text, font=font, fill=(255, 255, 255) if rng.random() < 0.8 else (255, 255, 0))
        drawn.append(((x + left, y + upper, x + right, y + lower), size))
    return np.asarray(image), drawn


def covered(line, boxes) -> float:
    """Share of a line's area that lies in boxes."""
    left, upper, right, lower = (int(side) for side in line)
    area = np.zeros((max(1, lower - upper), max(1, right - left)), dtype=bool)
    for a, b, c, d in boxes:
        area[max(0, b - upper) : max(0, d - upper), max(0, a - left) : max(0, c - left)] = True
    return float(area.mean())


if __name__ == "__main__":
    main()
