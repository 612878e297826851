"""Two small drawings: a probability on its scale, and a natural frequency as a hundred people."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.case.reliance import Frequency

_WIDTH, _BAR, _TICK = 420, 14, 6
_LABEL = 34  # width of a label
_ACROSS, _DOWN, _STEP, _RADIUS = 20, 5, 11, 4


def scale(value: float, thresholds: Sequence[float]) -> str:
    """SVG of a bar from 0 to 100 % with the thresholds below it.

    Args:
        value: probability, 0 to 1.
        thresholds: of the operating points.
    """
    ticks, ends = [], [0.0, 0.0]
    for threshold in sorted(set(thresholds)):
        at = threshold * _WIDTH
        left = min(max(at - _LABEL / 2, 0), _WIDTH - _LABEL)
        row = 0 if left >= ends[0] else 1
        ends[row] = left + _LABEL
        low = _BAR + _TICK + 12 * row
        middle, told = left + _LABEL / 2, f"{100 * threshold:.0f} %"
        ticks.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{low}" stroke="#1d262f"/>'
            f'<text x="{middle:.1f}" y="{low + 11}" text-anchor="middle">{told}</text>'
        )
    height = _BAR + (_TICK + 14 + 12 * (ends[1] > 0) if ticks else 0)
    told = f"{100 * value:.0f} per cent on a scale from 0 to 100"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="100%" role="img" aria-label="{told}">'
        f'<rect width="{_WIDTH}" height="{_BAR}" rx="4" fill="#e8ecf0"/>'
        f'<rect width="{value * _WIDTH:.1f}" height="{_BAR}" rx="4" fill="#0a6097"/>{"".join(ticks)}</svg>'
    )


def hundred(found: Frequency) -> str:
    """SVG of a hundred dots: dark to the lower limit, pale to the upper one, grey beyond.

    Args:
        found: how many of such cases had the class.
    """
    low, high = (round(100 * limit) for limit in (found.low, found.high))
    middle = round(100 * found.k / found.n)
    dots = "".join(_dot(number, low, middle, high) for number in range(_ACROSS * _DOWN))
    told = f"{middle} of 100, interval {low} to {high}"
    wide, tall = _ACROSS * _STEP, _DOWN * _STEP
    size = f'width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}"'
    return f'<svg {size} role="img" aria-label="{told}">{dots}</svg>'


def _dot(number: int, low: int, middle: int, high: int) -> str:
    x, y = (number % _ACROSS + 0.5) * _STEP, (number // _ACROSS + 0.5) * _STEP
    if number < low:
        paint = 'fill="#0a6097"'
    elif number < middle:
        paint = 'fill="#5d97bd"'
    elif number < high:
        paint = 'fill="#fff" stroke="#5d97bd" stroke-width="1.5"'
    else:
        paint = 'fill="#dfe4e9"'
    return f'<circle cx="{x}" cy="{y}" r="{_RADIUS - 0.5 * (middle <= number < high)}" {paint}/>'
