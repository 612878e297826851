"""The neuron of McCulloch and Pitts: what one unit can compute, and what it cannot."""

from __future__ import annotations

import numpy as np

from thirdeye.recipes.recipe import Fixture, Flaw, Recipe, Row, Switches, Told
from thirdeye.recipes.registry import entered
from thirdeye.recipes.teaching.neuron import ACTIVATIONS, activation, fires, separates, step
from thirdeye.report.teaching.trace import Equality, Line, Lines, Part, Steps, Trace, compare

PAIRS = ((0, 0), (0, 1), (1, 0), (1, 1))
# name: inputs, weights, threshold, what logic wants
GATES: dict[str, tuple[tuple[tuple[int, ...], ...], tuple[float, ...], float, tuple[int, ...]]] = {
    "AND": (PAIRS, (1, 1), 2, (0, 0, 0, 1)),
    "OR": (PAIRS, (1, 1), 1, (0, 1, 1, 1)),
    "NOT": (((0,), (1,)), (-1,), 0, (1, 0)),
    "AND of four": (tuple((a, b, c, d) for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)),
                    (1, 1, 1, 1), 4, (0,) * 15 + (1,)),
}  # fmt: skip
XOR = (0, 1, 1, 0)
BY_DEFINITION = "definition"


def demonstrate(switches: Switches) -> Trace:
    """Truth tables, exclusive or, and the curves of the activations."""
    gates = [_gate(name) for name in GATES]
    return Trace(
        "mcp_neuron",
        "The neuron of McCulloch and Pitts",
        "A = sum of x_i w_i, less the threshold b; it answers 1 where A is 0 or more. What can it compute?",
        (*[table for table, _ in gates], _exclusive_or(), _curves()),
        (*[equality for _, equality in gates], *_pinned()),
    )


def _gate(name: str) -> tuple[Part, Equality]:
    inputs, weights, threshold, wanted = GATES[name]
    sums, answers = activation(inputs, weights, threshold), fires(inputs, weights, threshold)
    columns = (*(f"x{i}" for i in range(1, len(weights) + 1)), "A", "y", "wanted")
    rows = tuple(
        (*row, float(a), int(y), d) for row, a, y, d in zip(inputs, sums, answers, wanted, strict=True)
    )
    title = f"{name}: weights {', '.join(f'{w:g}' for w in weights)}, threshold {threshold:g}"
    return Steps(title, columns, rows), compare(f"truth table of {name}", wanted, answers, "logic")


def _exclusive_or() -> Steps:
    rows = tuple((*pair, wanted) for pair, wanted in zip(PAIRS, XOR, strict=True))
    return Steps(
        "XOR: no weights and no threshold will do",
        ("x1", "x2", "wanted"),
        rows,
        "A neuron divides its inputs by a straight line; no line has (0, 1) and (1, 0) on one side and (0, "
        "0) and (1, 1) on the other. A second layer can: see mlp_backprop.",
    )


def _curves() -> Lines:
    x = np.linspace(-4, 4, 161)
    lines = tuple(
        Line(name, tuple(x.tolist()), tuple(function(x).tolist()))
        for name, function in ACTIVATIONS.items()
        if name != "identity"
    )
    return Lines("Activations", "activation A", "answer y", lines, "The binary step is 1 at 0 itself.")


def _pinned() -> tuple[Equality, ...]:
    at = {name: float(function(0.0)) for name, function in ACTIVATIONS.items()}
    separable = [float(separates(PAIRS, wanted)) for wanted in ((0, 0, 0, 1), (0, 1, 1, 1), XOR)]
    return (
        compare("the step at 0 is 1", 1, step(0.0), "the lecture's activation table"),
        compare("the step just below 0 is 0", 0, step(-1e-12), "the lecture's activation table"),
        compare("identity, logistic, tanh, arctan and ReLU at 0", (0, 0.5, 0, 0, 0),
                [at[name] for name in ("identity", "logistic", "tanh", "arctan", "ReLU")], BY_DEFINITION),
        compare("one neuron can do AND (1), OR (1), XOR (0)", (1, 1, 0), separable, "Minsky and Papert 1969"),
    )  # fmt: skip


RECIPE = entered(
    Recipe(
        id="mcp_neuron",
        title="McCulloch-Pitts neuron + activation table",
        tasks=("demonstration",),
        question="What can one threshold unit compute?",
        row=Row(
            modality=Told("vectors of numbers", "seed"),
            input=Told("n inputs; four on the slide", "seed"),
            network=Told(
                "A = sum of x_i w_ki - b_k; y = phi(A) with phi = 1 where A >= 0; activations: identity, "
                "binary step, logistic, tanh, arctan, ReLU",
                "seed",
            ),
            metrics=Told("equality", "textbook"),
            result=Told("the formulas", "seed"),
        ),
        sources=(
            "McCulloch WS, Pitts W. A logical calculus of the ideas immanent in nervous activity. "
            "Bull Math Biophys 1943;5:115-133",
            "Reynaud E. Deep learning in the medical domain. Lecture, Master 1: artificial neurons",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture("truth tables of AND, OR, NOT, AND of four inputs, and XOR, which fails"),
        flaws=(Flaw("the threshold is called b_k on one slide and theta_k on the next"),),
        demonstrate=demonstrate,
    )
)
