"""The states of a case, and the parts in which somebody reads it."""

from __future__ import annotations

WAITING = "waiting"  # for a first reader
READING = "reading"  # somebody has taken it
LOCKED = "locked"  # the first reading is locked; the second opinion may be shown
DECIDED = "decided"  # to be signed
SECOND_READER = "second_reader"  # to be read by somebody who knows neither opinion
THIRD_READER = "third_reader"  # the first two differ: to be read by a third who knows neither
SIGNED = "signed"
CLOSED = "closed"  # the outcome is known
QUARANTINED = "quarantined"  # never shown, with a reason
DISCARDED = "discarded"  # was kept back, and is put away for good

# Parts of an assignment: a second and a third reader know no opinion, an unaided one is shown none.
FIRST, SECOND, THIRD, UNAIDED, STUDY = "first", "second", "third", "unaided", "study"
