"""The monitoring screen."""

from __future__ import annotations

import re

import pytest

from thirdeye.reading_room.monitoring.simulated import Simulated, simulate


@pytest.fixture
def simulated(house):
    simulate(house.room, house.study, [house.people["reader"], house.people["other"]], Simulated(cases=300))
    return house


@pytest.mark.parametrize("role", ["auditor", "administrator", "data_manager"])
def test_those_who_watch_see_it(simulated, role) -> None:
    page = simulated.client(role).get("/monitoring?days=all")
    assert page.status_code == 200
    assert "Doctor alone" in page.text
    assert "switches from correct to incorrect" in page.text
    assert "style=" not in page.text


@pytest.mark.parametrize("role", ["reader", "adjudicator"])
def test_those_who_read_do_not(simulated, role) -> None:
    client = simulated.client(role)
    for path in ("/monitoring", "/monitoring.json", "/monitoring/figures/sides.svg"):
        assert client.get(path).status_code == 403


def test_nobody_is_named(simulated) -> None:
    client = simulated.client("auditor")
    for path in ("/monitoring?days=all", "/monitoring.json"):
        text = client.get(path).text
        for name in ("Dr reader", "Dr other", "simulated-", simulated.marker):
            assert name not in text


def test_figures_are_pictures_without_inline_style(simulated) -> None:
    client = simulated.client("auditor")
    page = client.get("/monitoring?days=all").text
    sources = re.findall(r'src="(/monitoring/figures/[^"]+)"', page)
    assert len(sources) == 5
    for source in sources:
        answer = client.get(source.replace("&amp;", "&"))
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "style=" not in answer.text
        assert "var(" not in answer.text
    assert client.get("/monitoring/figures/nothing.svg").status_code == 404


def test_an_export_is_on_record(simulated) -> None:
    answer = simulated.client("auditor").get("/monitoring.json")
    assert answer.json()["counts"]["readings"] > 0
    assert simulated.audited()[-1] == "monitoring.exported"


def test_an_empty_room_says_so(house) -> None:
    client = house.client("auditor")
    page = client.get("/monitoring")
    assert page.status_code == 200
    assert "No decided case has a known outcome yet" in page.text
    assert client.get("/monitoring/figures/sides.svg").status_code == 404
    assert client.get("/monitoring?study=999").status_code == 404


def test_a_new_reading_is_seen_at_once(simulated, read_first) -> None:
    client = simulated.client("auditor")

    def count() -> int:
        return client.get("/monitoring.json").json()["counts"]["readings"]

    before = count()
    read_first()
    assert count() == before + 1
