"""How long training will take on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, duration_in_words

NAME = "velocity.training"
EPOCHS = 20
LONG_S = 12 * 3600.0


@register_check(NAME, title="Time that training takes", about="velocity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One look at all training images, and twenty, at 224 x 224 pixels, at the measured speed."""
    speed = exhibits.velocity.training_images_per_s
    if not speed:
        raise NotApplicable("the speed of this machine was not measured (it needs the extra 'train')")
    rows = exhibits.rows
    learnt = int((rows["split"] != "test").sum())
    once = learnt / speed
    about = "about " if once >= 1 else ""  # "about less than a second" says nothing
    yield Finding(
        check=NAME,
        severity="warning" if EPOCHS * once > LONG_S else "info",
        message=f"Training looks once at {counted(learnt, 'image')} in {about}{duration_in_words(once)} on "
        f"this machine ({speed:.2g} a second at 224 x 224 pixels); {EPOCHS} times, the usual, in "
        f"{duration_in_words(EPOCHS * once)}.",
        evidence={
            "images_per_s": round(speed, 2),
            "images": learnt,
            "epochs": EPOCHS,
            "seconds": round(EPOCHS * once),
        },
        remedy="A first result on frozen features comes within minutes whatever this says (--budget sets the "
        "time); "
        "a GPU is ten to fifty times faster",
        source="Measured on this machine",
    )
