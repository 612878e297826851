"""The whole way in a browser: two readers at once, one with the keyboard alone, on a tablet, in French."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from thirdeye.reading_room.store.tables import CASE, DECISION, OUTCOME, READING, SIGNATURE

pytestmark = pytest.mark.slow
MOST_TABS = 60


def reach(page: Any, selector: str) -> None:
    """Go to an element with the Tab key alone."""
    page.locator(selector).first.wait_for()
    for _ in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key at {page.url}")


def by_keys(page: Any, selector: str, *, key: str = "Enter") -> None:
    """Reach an element with the keyboard and press it."""
    reach(page, selector)
    page.keyboard.press(key)


def test_two_readers_at_once_from_the_worklist_to_the_outcome(house, sit_down, tmp_path) -> None:
    cases = {house.case(tmp_path, bright=bright) for bright in (False, True)}
    doctor = sit_down("reader")
    other = sit_down("other", viewport={"width": 768, "height": 1024}, has_touch=True, locale="fr-FR")

    doctor.locator("form[action$='/take'] button").first.click()
    doctor.wait_for_url("**/check")
    by_keys(other, "form[action$='/take'] button")  # of a list that is out of date: the same case
    other.locator("[role=alert]").wait_for()
    sit_down.broken.clear()  # the browser notes the refusal of the page
    by_keys(other, "main a.button")
    other.wait_for_url("**/")
    by_keys(other, "form[action$='/take'] button")
    other.wait_for_url("**/check")
    taken = [page.url.split("/")[-2] for page in (doctor, other)]
    assert set(taken) == cases

    doctor.locator("main form[action=''] button, main form:not([action]) button").first.click()
    by_keys(other, "main button.main")
    for page in (doctor, other):
        page.wait_for_url("**/read")
        page.locator("canvas").first.wait_for()

    doctor.fill("#percent", "80")
    doctor.click("#reading button.main")
    doctor.click("dialog[open] button[value=yes]")
    reach(other, "#percent")
    other.keyboard.type("10")
    by_keys(other, "#reading button.main")
    by_keys(other, "dialog[open] button[value=yes]")
    for page in (doctor, other):
        page.wait_for_url("**/opinion")
        assert page.locator(".yours").count() >= 1

    doctor.locator("form[action$='/decide'] textarea").last.fill("Nothing of the kind can be seen here.")
    doctor.locator("button[value=contest]").click()
    by_keys(other, "button[value=keep]")
    other.wait_for_url("**/sign")
    by_keys(other, "main form[action$='/sign'] button.main")
    other.locator("a[href$='/outcome']").first.wait_for()
    by_keys(other, "a[href$='/outcome']")
    other.locator("[name=truth]").select_option(index=1)
    other.locator("[name=proof]").select_option(index=1)
    by_keys(other, "main button.main")
    other.locator("main table.list").wait_for()  # of the outcomes that are known

    with house.room.database.reading() as connection:
        states = {row.id: row.state for row in connection.execute(select(CASE.c.id, CASE.c.state))}
        counts = {table.name: len(connection.execute(select(table)).all())
                  for table in (READING, DECISION, SIGNATURE, OUTCOME)}  # fmt: skip
    assert counts == {"reading": 2, "decision": 2, "signature": 1, "outcome": 1}
    assert states == {taken[0]: "second_reader", taken[1]: "closed"}

    adjudicator = sit_down("adjudicator")
    adjudicator.goto("/adjudication")
    assert "80" not in adjudicator.locator("main").inner_text()
    adjudicator.locator("form[action$='/take'] button").click()
    adjudicator.wait_for_url("**/check")
    adjudicator.locator("main button.main").first.click()
    adjudicator.wait_for_url("**/read")
    adjudicator.fill("#percent", "20")
    adjudicator.click("#reading button.main")
    adjudicator.click("dialog[open] button[value=yes]")
    adjudicator.wait_for_url(lambda url: not url.endswith("/read"))
    with house.room.database.reading() as connection:
        parts = [(row.part, row.probability) for row in connection.execute(select(READING))]
    assert ("second", 0.2) in parts


def test_the_lock_holds_against_the_address_bar(house, sit_down, tmp_path) -> None:
    case = house.case(tmp_path)
    doctor = sit_down("reader")
    doctor.locator("form[action$='/take'] button").click()
    doctor.wait_for_url("**/check")
    answer = doctor.goto(f"/cases/{case}/opinion")
    assert answer.status == 403
    assert house.audited()[-1] == "opinion.refused"
    sit_down.broken.clear()  # the browser notes the refusal of the page


def test_no_identity_in_an_address(house, sit_down, tmp_path) -> None:
    case = house.case(tmp_path)
    seen: list[str] = []
    doctor = sit_down("reader")
    doctor.on("request", lambda request: seen.append(request.url))
    doctor.locator("form[action$='/take'] button").click()
    doctor.wait_for_url("**/check")
    assert house.marker in doctor.content()
    doctor.locator("main button.main").first.click()
    doctor.wait_for_url("**/read")
    doctor.locator("canvas").first.wait_for()
    doctor.wait_for_load_state("networkidle")
    assert len(seen) > 5
    assert not [url for url in seen if house.marker in url]
    assert {url.split("/")[2] for url in seen if not url.startswith(("data:", "blob:"))} == {
        doctor.url.split("/")[2]
    }
    assert case in doctor.url
