"""The perceptron learns to tell X from T: the lecture's run, number by number."""

from __future__ import annotations

import numpy as np

from thirdeye.recipes.recipe import Fixture, Flaw, Recipe, Row, Switches, Told
from thirdeye.recipes.registry import entered
from thirdeye.recipes.teaching.perceptron import Presentation, learn
from thirdeye.report.teaching.trace import Equality, Grid, Grids, Steps, Trace, compare, grid, number_words

LETTERS = {"X": (1, 0, 1, 0, 1, 0, 1, 0, 1), "T": (1, 1, 1, 0, 1, 0, 0, 1, 0)}
WANTED = (1, 0)
RATE = 0.5
EPOCHS = 9  # while i < 10
RANDOM_START = "random_start"
LECTURE = "the lecture's slide"
# stimulus, d, sum, y, d - y, eta (d - y), as printed
PRINTED = (
    ("X", 1, 0.0, 1, 0, 0.0),
    ("T", 0, 0.0, 1, -1, -0.5),
    ("X", 1, -1.5, 0, 1, 0.5),
    ("T", 0, -1.0, 0, 0, 0.0),
    ("X", 1, 1.0, 1, 0, 0.0),
)
PRINTED_WEIGHTS = (
    (0,) * 9,
    (-0.5, -0.5, -0.5, 0, -0.5, 0, 0, -0.5, 0),
    (0, -0.5, 0, 0, 0, 0, 0.5, -0.5, 0.5),
    (0, -0.5, 0, 0, 0, 0, 0.5, -0.5, 0.5),
    (0, -0.5, 0, 0, 0, 0, 0.5, -0.5, 0.5),
)


def demonstrate(switches: Switches) -> Trace:
    """All eighteen presentations, and the weights as a picture after each that changed them."""
    start = np.random.default_rng(0).normal(size=9) if RANDOM_START in switches else None
    shown = learn(list(LETTERS.values()), WANTED, rate=RATE, epochs=EPOCHS, start=start)
    first = np.zeros(9) if start is None else start
    return Trace(
        "perceptron_xt",
        "The perceptron learns X and T",
        "Nine inputs, no bias, all weights 0, eta = 0.5: when does it answer 1 to X and 0 to T?",
        (_letters(), _table(shown), _weights(first, shown)),
        _compared(shown) if start is None else (_learnt(shown),),
    )


def _letters() -> Grids:
    grids = tuple(
        grid(f"{name}, wanted {d}", _square(bits))
        for (name, bits), d in zip(LETTERS.items(), WANTED, strict=True)
    )
    return Grids("The letters", grids, "Read row by row, each letter is nine inputs.")


def _table(shown: tuple[Presentation, ...]) -> Steps:
    columns = ("presentation", "stimulus", "d", "sum", "y", "d - y", "eta (d - y)", "weights after")
    rows = tuple((number, *_row(one), number_words(one.weights)) for number, one in enumerate(shown, 1))
    last = max((number for number, one in enumerate(shown, 1) if one.change), default=0)
    return Steps("Every presentation", columns, rows, f"After presentation {last} nothing changes any more.")


def _weights(first: np.ndarray, shown: tuple[Presentation, ...]) -> Grids:
    grids: list[Grid] = [grid("at first", _square(first))]
    for number, one in enumerate(shown, 1):
        if one.change:
            grids.append(grid(f"after {number}", _square(one.weights)))
    return Grids("The weights, as a picture", tuple(grids), "What X has and T has not becomes positive.")


def _row(one: Presentation) -> tuple[str, int, float, int, int, float]:
    name = tuple(LETTERS)[one.stimulus]
    return name, one.wanted, one.total, one.answer, one.wanted - one.answer, one.change


def _compared(shown: tuple[Presentation, ...]) -> tuple[Equality, ...]:
    found: list[Equality] = []
    for number, (printed, weights, one) in enumerate(zip(PRINTED, PRINTED_WEIGHTS, shown, strict=False), 1):
        name = f"presentation {number}, {printed[0]}"
        found.append(compare(f"{name}: d, sum, y, d - y, eta (d - y)", printed[1:], _row(one)[1:], LECTURE))
        found.append(compare(f"{name}: weights after it", weights, one.weights, LECTURE))
    found.append(compare("weights at the end", PRINTED_WEIGHTS[-1], shown[-1].weights, LECTURE))
    return (*found, _learnt(shown))


def _learnt(shown: tuple[Presentation, ...]) -> Equality:
    return compare(
        "answers to X and T at the end", WANTED, [one.answer for one in shown[-2:]], "what was wanted"
    )


def _square(values: object) -> list[list[float]]:
    nested: list[list[float]] = np.asarray(values, dtype=float).reshape(3, 3).tolist()
    return nested


RECIPE = entered(
    Recipe(
        id="perceptron_xt",
        title="Perceptron, letters X and T, exact trace",
        tasks=("binary",),
        question="Learn X -> 1 and T -> 0, one presentation after another",
        row=Row(
            modality=Told("letters of 3 x 3 black or white squares", "seed"),
            input=Told("9 bits, no bias", "seed"),
            network=Told("9 weights, all 0 at first; answers 1 where the sum is 0 or more", "seed"),
            loss=Told("d - y", "seed"),
            schedule=Told("w <- w + 0.5 (d - y) x; X, then T, nine times (while i < 10)", "seed"),
            sampling=Told("fixed order", "seed"),
            metrics=Told("equality of every number", "textbook"),
            cases=Told("2 letters", "seed"),
            result=Told("five printed rows and three sets of weights; all recomputed", "computed"),
        ),
        sources=(
            "Rosenblatt F. The perceptron. Psychol Rev 1958;65:386-408",
            "Reynaud E. Deep learning in the medical domain. Lecture, Master 1: the perceptron",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture("the two letters"),
        flaws=(
            Flaw("the slide's rule has no bias, though the neuron's slide subtracts one"),
            Flaw("the slide also shows random first weights, commented out", RANDOM_START),
        ),
        demonstrate=demonstrate,
    )
)
