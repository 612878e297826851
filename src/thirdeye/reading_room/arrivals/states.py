"""The states of an arrival."""

from __future__ import annotations

ARRIVED = "waiting"  # to be sorted out
WORKING = "working"  # being sorted out
DONE = "done"
BROKEN_OFF = "failed"  # the job broke off; somebody has to bring it again
UNFINISHED = (ARRIVED, WORKING)
FINISHED = (DONE, BROKEN_OFF)
