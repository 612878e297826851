"""How past cases are searched, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def how_searched(kept: Mapping[str, Any]) -> str:
    """Of the entry "similar" of the trust in ``model.json``: exactly, or by lists, and what that costs."""
    count = sum(int(one["n"]) for one in kept["galleries"])
    search = kept.get("search") or {}
    runs = [run for one in kept["galleries"] for run in (one.get("lists") or {}).get("runs", ()) if run]
    if runs and count > int(search.get("beyond", count)):
        return _by_lists(runs, count)
    if search.get("missing"):
        return (
            f"All {count:,} past cases are compared with the new one, exactly; a faster search needs the"
            " extra 'search' (faiss) when cases are added."
        )
    return f"All {count:,} past cases are compared with the new one, exactly."


def _by_lists(runs: list[Mapping[str, Any]], count: int) -> str:
    rows = sum(int(run["n"]) for run in runs)
    share = sum(float(run["share_read"]) * int(run["n"]) for run in runs) / rows
    worst = min((run["recall"] for run in runs), key=lambda one: float(one["value"]))
    interval = f" (interval {worst['ci_low']:.3f} to {worst['ci_high']:.3f})" if worst.get("ci_low") else ""
    return (
        f"Of {count:,} past cases those in the nearest lists are compared with the new one, "
        f"{100 * share:.1f} % of the {rows:,} that lie in lists; of the 10 nearest they hold a share of "
        f"{worst['value']:.3f}{interval}, measured on known cases whose own patient was left out."
    )
