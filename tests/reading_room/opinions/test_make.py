"""An opinion is kept where it is about the images that its case has; never what was said of fewer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from thirdeye.errors import UnreadableFile
from thirdeye.reading_room.arrivals.files import keep_file
from thirdeye.reading_room.arrivals.take_in import Kept, add_image
from thirdeye.reading_room.opinions.asked import Answer, ask
from thirdeye.reading_room.opinions.make import kept, make_opinion
from thirdeye.reading_room.store.tables import OPINION


def state_of(house, case: str) -> str:
    with house.room.database.reading() as connection:
        return connection.execute(select(OPINION.c.state).where(OPINION.c.case_id == case)).scalar_one()


@pytest.mark.parametrize("readable", [True, False])
def test_a_case_that_grows_while_it_is_read_is_read_again(house, tmp_path: Path, readable: bool) -> None:
    case = house.case(tmp_path, opinion=False)
    Image.new("L", (40, 40), 90).save(tmp_path / "late.png")

    def asked(files: list[Path], slices: list[bool]) -> Answer:
        """Another image comes while the first is looked at."""
        name = keep_file(house.room.images, tmp_path / "late.png")
        with house.room.acting(None) as act:
            add_image(act, case, 1, Kept(name, name.split(".")[0]))
        if not readable:
            raise UnreadableFile("the image", "is damaged")
        return ask(house.reader, house.room.settings.studies[0], files, slices)

    assert not kept(house.room, case, asked)
    assert state_of(house, case) == "waiting"
    assert "opinion.ready" not in house.audited()
    assert make_opinion(house.room, case, house.reader)
    assert state_of(house, case) == "ready"


def test_the_first_opinion_stays(house, tmp_path: Path) -> None:
    case = house.case(tmp_path)
    assert not make_opinion(house.room, case, house.reader)
    assert house.audited().count("opinion.ready") == 1
