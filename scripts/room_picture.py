"""The picture of the reading room in the README: a phantom, the doctor's reading, the second opinion.

    scripts/room_picture.py STUDY IMAGE docs/images/room.png

STUDY is a study of phantoms (`thirdeye demo`), IMAGE a phantom that it has not learnt from.
Needs Chromium of Debian.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings

PASSWORD = "a room of phantoms"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def served(study: Path, room: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The room in a process of its own, and its address."""
    log = room.parent / "log"
    command = [
        shutil.which("thirdeye") or "thirdeye",
        "serve",
        str(study),
        "--room",
        str(room),
        "--port",
        "0",
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    for _ in range(300):
        if found := re.search(r"http://127\.0\.0\.1(:\d+)/;", log.read_text()):
            return process, f"http://localhost{found[1]}"
        time.sleep(0.2)
    raise SystemExit(log.read_text())


def read(page: Any, image: Path) -> None:
    """Sign in, bring the image, read it, lock."""
    page.goto("/sign-in")
    page.fill("[name=login]", "reader")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/upload")
    page.set_input_files("input[type=file]", [str(image)])
    page.click("main button.main")
    for _ in range(60):
        time.sleep(1)
        page.goto("/")
        if page.locator("form[action$='/take']").count():
            break
    page.click("form[action$='/take'] button")
    page.click("main button.main")
    page.locator("canvas").first.wait_for()
    page.fill("#percent", "35")
    page.click("#reading button.main")
    page.click("dialog[open] button[value=yes]")
    page.wait_for_url("**/opinion")
    page.locator(".said").wait_for()
    page.wait_for_timeout(1500)


def main(study: Path, image: Path, out: Path) -> None:
    """Serve, read, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "room"
        process, address = served(study, room)
        try:
            opened = Room.open(Settings(folder=room))
            with opened.acting(None) as act:
                add_person(act, login="reader", shown="Dr Reader", password=PASSWORD, roles=["reader"])
            opened.close()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
                page = browser.new_page(
                    base_url=address, viewport={"width": 1200, "height": 760}, locale="en-GB"
                )
                read(page, image)
                page.screenshot(path=str(out))
                browser.close()
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:4]))
