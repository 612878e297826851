"""A kernel slides over a small picture, and a pool keeps the largest answers."""

from __future__ import annotations

import numpy as np

from thirdeye.recipes.recipe import Fixture, Flaw, Recipe, Row, Switches, Told
from thirdeye.recipes.registry import entered
from thirdeye.recipes.teaching.convolve import correlate, max_pool
from thirdeye.report.teaching.trace import Equality, Grids, Steps, Trace, compare, grid, number_words

PICTURE = ((1, 1, 1, 0, 0), (0, 1, 1, 1, 0), (0, 0, 1, 1, 1), (0, 0, 1, 1, 0), (0, 1, 1, 0, 0))
KERNEL = ((1, 0, 1), (0, 1, 0), (1, 0, 1))
ANSWERS = ((4, 3, 4), (2, 4, 3), (2, 3, 4))
STROKE = tuple((0, 1, 0, 0, 0) for _ in range(5))
VERTICAL, UPRIGHT = ((0, 1, 0),) * 3, ((3, 0, 0),) * 3
HORIZONTAL, LYING = ((0, 0, 0), (1, 1, 1), (0, 0, 0)), ((1, 1, 0),) * 3
FLIPPED = "flipped_kernel"
_TURNED_KERNEL = ((1, 2, 0), (0, 1, 0), (0, 0, 3))  # differs from itself turned round


def demonstrate(switches: Switches) -> Trace:
    """The first map place by place, two feature detectors, and their pools."""
    picture, kernel = np.array(PICTURE), _kernel(np.array(KERNEL), switches)
    answers = correlate(picture, kernel)
    detected = {
        "vertical": correlate(STROKE, _kernel(np.array(VERTICAL), switches)),
        "horizontal": correlate(STROKE, _kernel(np.array(HORIZONTAL), switches)),
    }
    return Trace(
        "conv_pool_demo",
        "A kernel, a feature detector, a pool",
        "What does a convolution see, and what does pooling keep?",
        (
            Grids("A kernel slides over a picture",
                  (grid("picture", picture), grid("kernel", kernel), grid("answers", answers))),
            _places(picture, kernel),
            Grids("Two feature detectors and one stroke",
                  (grid("picture", STROKE), grid("vertical", VERTICAL),
                   grid("its answers", detected["vertical"]),
                   grid("horizontal", HORIZONTAL), grid("its answers", detected["horizontal"])),
                  "The upright stroke answers 3 to the vertical detector, 1 to the horizontal one."),
            _pools(answers, detected),
            *(_turned() if switches else ()),
        ),
        _compared(answers, detected),
    )  # fmt: skip


def _kernel(kernel: np.ndarray, switches: Switches) -> np.ndarray:
    return kernel[::-1, ::-1] if FLIPPED in switches else kernel


def _places(picture: np.ndarray, kernel: np.ndarray) -> Steps:
    """Each place of the kernel, with what it covers."""
    rows = []
    for y, x in np.ndindex(3, 3):
        window = picture[y : y + 3, x : x + 3]
        rows.append((y + 1, x + 1, number_words(window), int((window * kernel).sum())))
    return Steps("Place by place", ("row", "column", "covered", "sum of products"), tuple(rows))


def _pools(answers: np.ndarray, detected: dict[str, np.ndarray]) -> Grids:
    grids = [grid(f"{name}, pooled", max_pool(map_, stride=1)) for name, map_ in
             {"kernel": answers, **detected}.items()]  # fmt: skip
    note = "The largest of each 2 x 2 square, moved by one: a shift by one square changes little."
    return Grids("Maximum pooling", tuple(grids), note)


def _turned() -> tuple[Grids, ...]:
    kernel = np.array(_TURNED_KERNEL)
    return (
        Grids(
            "Why turning the kernel matters",
            (grid("kernel", kernel), grid("correlated", correlate(PICTURE, kernel)),
             grid("convolved", correlate(PICTURE, kernel[::-1, ::-1]))),
            "The lecture's kernels look the same turned round; this one does not.",
        ),
    )  # fmt: skip


def _compared(answers: np.ndarray, detected: dict[str, np.ndarray]) -> tuple[Equality, ...]:
    return (
        compare("first answer of the kernel", 4, answers[0, 0], "the lecture's slide"),
        compare("all nine answers", ANSWERS, answers, "computed by hand"),
        compare("answers of the vertical detector", UPRIGHT, detected["vertical"], "the lecture's slide"),
        compare("answers of the horizontal detector", LYING, detected["horizontal"], "the lecture's slide"),
        compare("pool of the vertical answers, 2 x 2 moved by one", ((3, 0), (3, 0)),
                max_pool(detected["vertical"], stride=1), "computed by hand"),
    )  # fmt: skip


RECIPE = entered(
    Recipe(
        id="conv_pool_demo",
        title="Convolution / feature detector / max-pool demonstration",
        tasks=("demonstration",),
        question="What do a kernel and a pool do?",
        row=Row(
            modality=Told("a picture of 5 x 5 black or white squares", "seed"),
            input=Told("5 x 5 x 1", "seed"),
            network=Told("3 x 3 correlation without padding, stride 1; 2 x 2 maximum", "seed"),
            metrics=Told("equality of every number", "textbook"),
            result=Told(
                "first answer 4; vertical detector [[3 0 0]] three times, horizontal [[1 1 0]] three times",
                "seed",
            ),
        ),
        sources=(
            "Reynaud E. Deep learning in the medical domain. Lecture, Master 1: convolution and pooling",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture("the slide's picture and kernels"),
        flaws=(
            Flaw(
                "the second picture is drawn, not printed: it was reconstructed from its two answers (the "
                "second column all ones; the corners outside it are free)"
            ),
            Flaw("called a convolution, though the kernel is not turned round", FLIPPED),
        ),
        demonstrate=demonstrate,
    )
)
