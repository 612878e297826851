"""A reading room with a trained reader, people of every role, and cases."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import create_engine, select

from thirdeye.inference.readers import open_reader
from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.opinions.make import make_opinion
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.people import passwords
from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.people.person import ROLES
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import AUDIT
from thirdeye.reading_room.web.app import make_app

PASSWORD = "correct horse battery"
MARKER = "ZZPLANTEDNAME"  # an identity that must show up nowhere but on the check


@dataclass
class House:
    """A room for tests.

    Args:
        room: open.
        study: number of its only study.
        reader: the study's trained reader.
    """

    room: Room
    study: int
    reader: Any
    people: dict[str, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    marker = MARKER

    def token(self, page: str) -> str:
        """The token of the forms of a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, "the page has no form with a token"
        return found[1]

    def audited(self) -> list[str]:
        """The actions of the audit, in their order."""
        with self.room.database.reading() as connection:
            return list(connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.seq)).scalars())

    def person(self, login: str, *roles: str) -> int:
        """An account."""
        with self.room.acting(None) as act:
            return self.person_in(act, login, *roles)

    def person_in(self, act: Act, login: str, *roles: str) -> int:
        """An account, within an act."""
        self.people[login] = add_person(act, login=login, shown=f"Dr {login}", password=PASSWORD, roles=roles)
        return self.people[login]

    def client(self, login: str | None = None) -> TestClient:
        """A browser, signed in where a name is given."""
        client = TestClient(make_app(self.room), base_url="http://localhost", follow_redirects=False)
        if login is not None:
            answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    def case(self, folder: Path, *, bright: bool = False, opinion: bool = True, **more: Any) -> str:
        """A case of one small picture, with its opinion made unless told otherwise."""
        number = next(self._numbers)
        path = folder / f"arrival {number}.png"
        Image.fromarray(picture(number, bright=bright)).save(path)
        arrival = Arrival(
            files=[path], patient=f"patient-{number}", source="upload",
            identity={"name": f"{MARKER}^{number}", "id": f"{MARKER}-{number}"}, facts={"modality": "US"},
            **more,
        )  # fmt: skip
        case = take_in(self.room, self.study, arrival)
        if opinion:
            assert make_opinion(self.room, case, self.reader)
        return case


def picture(seed: int, *, bright: bool = False) -> np.ndarray:
    """A picture such as the study's reader has learnt from (40 x 40)."""
    rng = np.random.default_rng(10_000 + seed)
    rows, columns = np.mgrid[:40, :40]
    pixels = rng.normal(90, 25, (40, 40))
    if bright:
        pixels += 70 * np.exp(-((rows - 20) ** 2 + (columns - 20) ** 2) / 20)
    return pixels.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def reader(finished: Path) -> Any:
    """The trained reader of the small study."""
    return open_reader(finished / "study", threads=1)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords that are quick to check; the library's own parameters cost a quarter of a second each."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        passwords._nobody.cache_clear()
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `stores` run on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("stores") and "store" in metafunc.fixturenames:
        metafunc.parametrize("store", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest) -> str | None:
    """The URL of a new store; None: SQLite in the room's folder."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return None
    new_database: Callable[[], str] = request.getfixturevalue("postgres")
    return new_database()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes new databases in a PostgreSQL on loopback, each with its URL; skips where there is none."""
    pytest.importorskip("psycopg")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    found = shutil.which("pg_ctl") or (str(programs[-1]) if programs else None)
    if found is None:
        pytest.skip("PostgreSQL is not installed (scripts/install-debian)")
    programs_of = Path(found).resolve().parent
    other: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="thirdeye-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if other:
            shutil.chown(folder, "postgres")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]

        def call(program: str, *arguments: str) -> None:
            command = [str(programs_of / program), "-D", str(folder / "data"), *arguments]
            subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60, **other)

        call("initdb", "-A", "trust", "-U", "room", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        server = f"postgresql+psycopg://room@127.0.0.1:{port}"
        numbers = count()

        def new() -> str:
            engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
            made = f"room{next(numbers)}"
            with engine.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {made}")
            engine.dispose()
            return f"{server}/{made}"

        yield new
        call("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture
def house(finished: Path, reader: Any, tmp_path: Path, store: str | None) -> Iterator[House]:
    """A room with one person of each role ("reader", "adjudicator", ...) and another reader ("other")."""
    room = Room.open(
        Settings(
            folder=tmp_path / "room", studies=(finished / "study",), hosts=("localhost",), database=store
        )
    )
    (study,) = enter_studies(room)
    made = House(room, study, reader)
    for role in ROLES:
        made.person(role, role)
    made.person("other", "reader")
    yield made
    room.close()


@pytest.fixture
def read_first(house: House, tmp_path: Path) -> Callable[..., tuple[TestClient, str]]:
    """Takes a new case as somebody, checks it, looks at it, locks a reading: the browser, the case."""

    def go(
        login: str = "reader", *, percent: float = 30, lock: bool = True, **more: Any
    ) -> tuple[TestClient, str]:
        client, case = house.client(login), house.case(tmp_path, **more)
        csrf = house.token(client.get("/").text)
        for step in ("take", "check"):
            assert client.post(f"/cases/{case}/{step}", data={"csrf": csrf}).status_code == 303
        assert client.get(f"/cases/{case}/read").status_code == 200
        if lock:
            answer = client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": percent})
            assert answer.status_code == 303, answer.text
        return client, case

    return go


CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium without a window; skips where it is not installed."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed (scripts/install-debian)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The address of the room, served on loopback at any free port while the test runs."""
    config = uvicorn.Config(make_app(house.room), log_level="warning", access_log=False, lifespan="on")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://localhost:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(60)


@pytest.fixture
def sit_down(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens a page of the room for somebody signed in; every error of the page's scripts fails the test."""
    contexts, broken = [], []

    def open_page(login: str | None = "reader", **options: Any) -> Any:
        context = chromium.new_context(base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)  # on a busy computer a page takes its time
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        if login is not None:
            page.goto("/sign-in")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    open_page.broken = broken  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    assert not broken
