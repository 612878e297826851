"""What ``model.json`` says of calibration, envelope, weights and files, as pairs for a card."""

from __future__ import annotations

from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import full_text, is_number, number
from thirdeye.report.publication.markdown import facts
from thirdeye.report.publication.table import JournalTable, columns, row
from thirdeye.report.sets import test_set

_CALIBRATION = ("calibration_intercept", "calibration_slope", "expected_over_observed", "brier")
_MODEL_FILES = (
    "model/model.json",
    "model/model.onnx",
    "plan.json",
    "evaluation.json",
    "predictions.csv",
    "dataset.csv",
)


def calibration_facts(evidence: Evidence) -> list[tuple[str, str]]:
    """Method, what it was fitted on, and how it came out on the test part."""
    found = evidence.model.get("calibration") or {}
    pairs = []
    if found.get("method"):
        n = f", {found['n']:,} cases" if is_number(found.get("n")) else ""
        method = str(found["method"]).replace("_", " ")
        method = "none: no method was better on validation data" if method == "none" else method
        pairs.append(("Method", f"{method} (fitted on {found.get('fitted_on')} data{n})"))
    part = test_set(evidence)
    for name in _CALIBRATION:
        metric = part.metric(name) if part else None
        if metric is not None:
            pairs.append((f"{measure(name).title}, test part", full_text(metric)))
    ece = (part.content.get("calibration") or {}).get("ece_equal_width_10") if part else None
    if ece:
        pairs.append(("Expected calibration error, test part", full_text(ece)))
    return pairs


def envelope_facts(evidence: Evidence) -> list[tuple[str, str]]:
    """The ranges of what the network has seen."""
    found = evidence.model.get("envelope") or {}
    pairs = [
        ("Images it rests on", f"{found['n']:,}" if is_number(found.get("n")) else ""),
        ("Shorter side", _range(found.get("short_side_px"), "pixels", whole=True)),
        ("Width over height", _range(found.get("aspect_ratio"), "")),
        ("Mean brightness (0 to 255)", _range(found.get("brightness"), "")),
        ("Contrast (standard deviation)", _range(found.get("contrast"), "")),
        ("Modalities", ", ".join(map(str, found.get("modalities") or []))),
    ]
    share = found.get("share_coloured")
    if is_number(share):
        pairs.append(("Coloured images", number(share, percent=True)))
    if found.get("file"):
        pairs.append(("Features", "distance from the features of the training images; 1 is the edge"))
    kept = [(term, value) for term, value in pairs if value]
    return kept or [("Envelope", "not recorded: this model cannot abstain")]


def weight_facts(evidence: Evidence) -> list[str]:
    """Pre-trained weights with source, licence and hash, as lines of a list."""
    pairs = [
        (
            str(one.get("name")),
            f"{one.get('source')}; licence {one.get('licence') or 'not recorded'}; "
            f"SHA-256 {one.get('sha256') or 'not recorded'}",
        )
        for one in evidence.model.get("weights") or []
    ]
    return facts(pairs)


def file_rows(evidence: Evidence) -> JournalTable | None:
    """Files of the study with their SHA-256, from the ledger and the model's own list."""
    outputs = evidence.provenance.get("outputs") or {}
    hashes = {name: _hash(outputs[name]) for name in _MODEL_FILES if name in outputs}
    members = evidence.model.get("members") or []
    hashes |= {f"model/{one.get('file')}": str(one.get("sha256")) for one in members if one.get("file")}
    if not hashes:
        return None
    rows = tuple(row(name, digest) for name, digest in hashes.items())
    return JournalTable("files", "", "Files", columns("File", "SHA-256", last_left=True), rows)


def _hash(value: Any) -> str:
    return str(value.get("sha256") if isinstance(value, dict) else value)


def _range(ends: Any, unit: str, *, whole: bool = False) -> str:
    if not isinstance(ends, list) or len(ends) != 2 or not all(map(is_number, ends)):
        return ""
    low, high = (f"{end:.0f}" if whole else f"{end:.4g}" for end in ends)
    return f"{low} to {high} {unit}".rstrip() if low != high else f"{low} {unit}".rstrip()
