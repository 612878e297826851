"""The worklist of somebody who does not read: what to do about it."""

from __future__ import annotations


def test_an_administrator_learns_how_to_become_a_reader(house) -> None:
    """The first person of a room is its administrator, and finds nothing to read."""
    page = house.client("administrator").get("/").text
    assert "that takes the role “Reader”" in page
    assert "and to yourself" in page
    assert 'class="button" href="/people"' in page


def test_others_are_not_sent_to_a_page_that_is_not_theirs(house) -> None:
    for role in ("auditor", "reader"):
        assert 'class="button" href="/people"' not in house.client(role).get("/").text
