"""The reading room under load: are pages quick, and is nothing refused, while 50 readers work at once?

    python benchmarks/reading_room.py --study STUDY

A room is filled with phantoms and served by `thirdeye serve` in a process of its own. Fifty readers sign
in, then each reads its cases: worklist, take, check, images, lock, second opinion, decision, each page some
time after the one before (`--think` seconds on average; a person takes longer). The load programme runs on
the same processors. The radiographs (7 MB each, 12 bits of noise, so that little compresses) are asked for
once each, as a browser does: how the case is hung, the preview, then the values; the first is the time
until there is a picture. Opinions are made beforehand.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
from common import arguments, finish, machine, reached, table

PASSWORD = "a password for the benchmark"
LIMITS = {"page_p95_ms": 300.0, "first_image_s": 1.0}
SIGNING_IN = 90.0  # seconds over which the readers come in; each password costs its check
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_ROWS, _COLUMNS = 1955, 1841


def main() -> None:
    """Fill, serve, read, count."""
    parser = arguments(__doc__.splitlines()[0], "results/reading_room.json")
    parser.add_argument("--study", type=Path, required=True, help="a finished study with classes")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--cases", type=int, default=4, help="that each reader reads")
    parser.add_argument("--think", type=float, default=2.0, help="mean seconds between two pages of a reader")
    parser.add_argument("--radiographs", type=int, default=10)
    parser.add_argument("--database", help="URL of an empty database; unset: SQLite in the room's folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        fill(place, options)
        about = machine()
        with served(options.study, place / "room", options.database) as address:
            quiet = asyncio.run(radiographs(address, range(options.radiographs)))
            seen = asyncio.run(loaded(address, options))
        whole = verified(place / "room", options.database)
    pages = {name: summary(times) for name, times in seen["pages"].items()}
    every = summary([one for times in seen["pages"].values() for one in times])
    firsts = {"quiet": quiet, "under_load": seen["radiographs"]}
    result = {
        "machine": about, "options": vars(options), "pages": pages, "all_pages": every, "first_image": firsts,
        "errors": seen["errors"], "requests": seen["requests"], "seconds": seen["seconds"], "audit": whole,
    }  # fmt: skip
    finish(result, options.json, _text(pages, every, firsts, result))


def fill(place: Path, options: Any) -> None:
    """A room with its people and cases, opinions made."""
    from thirdeye.inference.readers import open_reader
    from thirdeye.reading_room.opinions.studies import enter_studies
    from thirdeye.reading_room.people.accounts import add_person
    from thirdeye.reading_room.room import Room
    from thirdeye.reading_room.settings import Settings

    room = Room.open(Settings(folder=place / "room", studies=(options.study,), database=options.database))
    (study,) = enter_studies(room)
    with room.acting(None) as act:
        for number in range(options.readers + 1):
            name = f"reader{number}"
            add_person(act, login=name, shown=name, password=PASSWORD, roles=["reader"])
    reader = open_reader(options.study, threads=2)
    for number in range(options.radiographs * 2):
        _enter(room, study, place / f"radiograph {number}.dcm", number, reader)
    for number in range(options.readers * options.cases):
        _enter(room, study, place / f"phantom {number}.png", number, reader)
    room.close()


def _enter(room: Any, study: int, path: Path, number: int, reader: Any) -> str:
    from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
    from thirdeye.reading_room.opinions.make import make_opinion

    (_radiograph if path.suffix == ".dcm" else _picture)(path, number)
    facts = {"modality": "CR" if path.suffix == ".dcm" else "US"}
    case = take_in(room, study, Arrival(files=[path], patient=path.stem, source="upload", facts=facts))
    make_opinion(room, case, reader)
    return case


def _picture(path: Path, seed: int) -> None:
    from PIL import Image

    rng = np.random.default_rng(seed)
    Image.fromarray(rng.integers(0, 256, (512, 512), dtype=np.uint8)).save(path)


def _radiograph(path: Path, seed: int) -> None:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[f"radiograph {seed}"])
    made = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = ComputedRadiographyImageStorage, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.Modality, made.PatientID, made.PatientName = "CR", f"phantom {seed}", "Phantom"
    made.Rows, made.Columns, made.SamplesPerPixel = _ROWS, _COLUMNS, 1
    made.PhotometricInterpretation, made.PixelRepresentation = "MONOCHROME2", 0
    made.BitsAllocated, made.BitsStored, made.HighBit = 16, 12, 11
    made.PixelData = (
        np.random.default_rng(seed).integers(0, 4096, (_ROWS, _COLUMNS), dtype=np.uint16).tobytes()
    )
    made.save_as(path, enforce_file_format=True)


@contextmanager
def served(study: Path, room: Path, database: str | None) -> Iterator[str]:
    """The address of a room that is served, until the block ends."""
    log = room / "benchmark.log"
    command = [
        sys.executable, "-c", "from thirdeye.cli.main import main; main()", "serve", str(study), "--room",
        str(room), "--port", "0", *([] if database is None else ["--database", database]),
    ]  # fmt: skip
    with log.open("w") as stream:
        child = subprocess.Popen(command, stderr=stream, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())) is None:
            if child.poll() is not None:
                raise SystemExit(f"the room did not open: {log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield found[0]
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(30)


class Doctor:
    """One reader with a browser.

    Args:
        client: its connection.
        pages: name of a page to its seconds.
        errors: what went wrong.
    """

    def __init__(self, client: httpx2.AsyncClient, pages: dict[str, list[float]], errors: list[str]) -> None:
        self._client, self._pages, self._errors = client, pages, errors
        self.csrf = ""

    async def ask(
        self, name: str, path: str, form: dict[str, Any] | None = None, *, may_be_gone: bool = False
    ) -> str:
        """A page, timed; redirects belong to it. "" where it is gone and may be."""
        begun = time.perf_counter()
        try:
            data = None if form is None else {**form, "csrf": self.csrf}
            answer = await self._client.request("GET" if data is None else "POST", path, data=data)
        except httpx2.HTTPError as error:
            self._errors.append(f"{name}: {type(error).__name__}")
            return ""
        self._pages[name].append(time.perf_counter() - begun)
        if may_be_gone and answer.status_code == 404:
            return ""
        if answer.status_code >= 400:
            self._errors.append(f"{name}: {answer.status_code}")
        return answer.text

    async def sign_in(self, login: str) -> None:
        """Name and password."""
        await self.ask("sign in", "/sign-in", {"login": login, "password": PASSWORD})
        found = _TOKEN.search(await self.ask("worklist", "/"))
        self.csrf = found[1] if found else ""


def _browser(address: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=address, timeout=60, follow_redirects=True)


async def loaded(address: str, options: Any) -> dict[str, Any]:
    """All readers at once, and meanwhile somebody who opens radiographs."""
    pages: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    clients = [_browser(address) for _ in range(options.readers)]
    doctors = [Doctor(client, pages, errors) for client in clients]
    await asyncio.gather(*(_come(one, number, options) for number, one in enumerate(doctors)))
    pages.pop("worklist", None)
    begun = time.perf_counter()
    numbers = range(options.radiographs, 2 * options.radiographs)
    work = [_work(doctor, number, options) for number, doctor in enumerate(doctors)]
    shown, *_ = await asyncio.gather(radiographs(address, numbers, pause=options.think), *work)
    seconds = time.perf_counter() - begun
    await asyncio.gather(*(client.aclose() for client in clients))
    signing = pages.pop("sign in")
    requests = sum(map(len, pages.values()))
    pages["sign in"] = signing
    return {"pages": {name: times for name, times in pages.items() if name != "sign in"},
            "sign_in": signing, "errors": errors, "requests": requests, "seconds": seconds,
            "radiographs": shown}  # fmt: skip


async def _come(doctor: Doctor, number: int, options: Any) -> None:
    await asyncio.sleep(number * min(SIGNING_IN / options.readers, 0.5))
    await doctor.sign_in(f"reader{number}")


async def _work(doctor: Doctor, number: int, options: Any) -> None:
    chance = random.Random(number)

    async def think() -> None:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * options.think)

    for _ in range(options.cases):
        await think()
        page = await doctor.ask("worklist", "/")
        case = await _taken(doctor, chance, page)
        if case is None:
            return
        await think()
        await doctor.ask("checked, images", f"/cases/{case}/check", {})
        await doctor.ask("how it is hung", f"/cases/{case}/stacks.json")
        await think()
        await doctor.ask(
            "lock, opinion", f"/cases/{case}/lock", {"probability_percent": "40", "marks": "[]", "note": ""}
        )
        await think()
        await doctor.ask("decision", f"/cases/{case}/decide", {"choice": "keep", "reason": ""})


async def _taken(doctor: Doctor, chance: random.Random, page: str) -> str | None:
    """A phantom of the list; where somebody was faster, another one."""
    waiting = _listed(page, "US")
    chance.shuffle(waiting)
    for case in waiting:
        if await doctor.ask("take and check", f"/cases/{case}/take", {}, may_be_gone=True):
            return case
    return None


async def radiographs(address: str, numbers: range, *, pause: float = 0.0) -> list[dict[str, float]]:
    """Seconds until the first picture of each radiograph, and until its values are there."""
    found = []
    async with _browser(address) as client:
        doctor = Doctor(client, defaultdict(list), [])
        await doctor.sign_in("reader0")
        for case in _listed(await doctor.ask("worklist", "/"), "CR")[: len(numbers)]:
            for step in ("take", "check"):
                await doctor.ask(step, f"/cases/{case}/{step}", {})
            await asyncio.sleep(pause)
            begun = time.perf_counter()
            hung = (await client.get(f"/cases/{case}/stacks.json")).raise_for_status().json()
            image = f"/cases/{case}/images/{hung['images'][0]}"
            size = len((await client.get(f"{image}/preview.png")).raise_for_status().content)
            first = time.perf_counter() - begun
            values = (await client.get(f"{image}/frames/0/values")).raise_for_status().content
            found.append({"first_s": first, "values_s": time.perf_counter() - begun, "preview_bytes": size,
                          "values_bytes": len(values)})  # fmt: skip
    return found


def _listed(page: str, modality: str) -> list[str]:
    rows = [row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if re.search(rf"\b{modality}\b", row)]
    return [found[1] for row in rows if (found := re.search(r'action="/cases/([^"/]+)/take"', row))]


def verified(room: Path, database: str | None) -> dict[str, Any]:
    """Whether the audit is whole afterwards."""
    from thirdeye.journey.room_keeping import verify_room

    return verify_room(room, database=database).as_json()


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum in milliseconds."""
    values = np.asarray(times) * 1000
    return {"median_ms": float(np.median(values)), "p95_ms": float(np.percentile(values, 95)),
            "max_ms": float(values.max()), "n": len(times)}  # fmt: skip


def _text(pages: Any, every: Any, firsts: Any, result: Any) -> str:
    rows = [[name, *(f"{one[key]:.0f}" for key in ("median_ms", "p95_ms", "max_ms")), one["n"]]
            for name, one in {**pages, "**all pages**": every}.items()]  # fmt: skip
    lines = [table(["page", "median ms", "p95 ms", "max ms", "n"], rows), ""]
    for name, found in firsts.items():
        first, values = ([one[key] for one in found] for key in ("first_s", "values_s"))
        worst, middle = max(first), statistics.median(first)
        size = found[0]["values_bytes"] / 1e6
        lines.append(
            f"first image of a radiograph, {name.replace('_', ' ')}: median {middle:.2f} s, worst "
            f"{worst:.2f} s (target {LIMITS['first_image_s']} s: "
            f"{reached(worst, LIMITS['first_image_s'], at_least=False)}); "
            f"its values ({size:.1f} MB): median {statistics.median(values):.2f} s"
        )
    p95 = reached(every["p95_ms"], LIMITS["page_p95_ms"], at_least=False)
    lines.append(f"p95 of all pages, target {LIMITS['page_p95_ms']:.0f} ms: {p95}")
    errors, whole = result["errors"], result["audit"]["whole"]
    lines.append(
        f"{result['requests']:,} pages in {result['seconds']:.0f} s; errors: {len(errors)} {errors[:5] or ''}"
    )
    lines.append(f"audit: {result['audit']['entries']:,} entries, {'whole' if whole else 'NOT WHOLE'}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
