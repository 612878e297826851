"""Where the numbers come from: versions, hashes, hardware, durations, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Column, Facts, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import FILES, Evidence
from thirdeye.report.numbers import duration, is_number, plain


def provenance_section(evidence: Evidence) -> Section:
    """Enough to run it again, and to see whether a file was changed since."""
    record = evidence.provenance
    blocks: list[Block] = [*_missing(evidence)]
    facts = _facts(record)
    if facts:
        blocks.append(Facts(facts))
    folded: list[Block] = []
    durations = record.get("durations_s") or {}
    if durations:
        rows = tuple((_spaced(name), duration(seconds)) for name, seconds in durations.items())
        folded.append(Table((Column("Stage"), Column("Time", numeric=True)), rows, "Durations"))
    versions = record.get("versions") or {}
    if versions:
        rows = tuple((str(name), str(version)) for name, version in versions.items())
        folded.append(Table((Column("Software"), Column("Version")), rows, "Versions"))
    hashes = [*_hashes(record.get("inputs"), "input"), *_hashes(record.get("outputs"), "output")]
    if hashes:
        columns = (Column("File", weight=1.2), Column("Kind", weight=0.5), Column("SHA-256", weight=3))
        folded.append(Table(columns, tuple(hashes), "Hashes: they show whether a file was changed since"))
    if folded:
        blocks.append(Fold("Durations, versions of the software, hashes of the files", tuple(folded)))
    return Section("provenance", "Where the numbers come from", tuple(blocks))


def _missing(evidence: Evidence) -> list[Block]:
    blocks: list[Block] = [
        Notice("warning", f"{name} could not be read", reason) for name, reason in evidence.unreadable.items()
    ]
    if evidence.missing:
        blocks.append(Paragraph("Not in the study folder, so not in this report", "label"))
        blocks.append(Facts(tuple((name, FILES[name]) for name in evidence.missing)))
    return blocks


def _facts(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    facts = []
    if record.get("started"):
        facts.append(("Started", str(record["started"])))
    data = record.get("data")
    if isinstance(data, Mapping) and data.get("name"):
        facts.append(("Data", str(data["name"])))
    if record.get("command"):
        command = record["command"]
        facts.append(("Command", " ".join(map(str, command)) if isinstance(command, list) else str(command)))
    if record.get("seed") is not None:
        facts.append(("Seed", str(record["seed"])))
    if is_number(record.get("test_looks")):
        looks = int(record["test_looks"])
        facts.append(("Looks at the test part", "1" if looks == 1 else f"{looks}"))
    hardware = record.get("hardware") or {}
    if isinstance(hardware, Mapping):
        facts += [(_hardware_title(name), plain(value)) for name, value in hardware.items()]
    else:
        facts.append(("Hardware", plain(hardware)))
    return tuple(facts)


def _hashes(files: Any, kind: str) -> list[tuple[str, ...]]:
    if not isinstance(files, Mapping):
        return []
    return [
        (str(name), kind, str(value.get("sha256") if isinstance(value, Mapping) else value))
        for name, value in files.items()
        if not str(name).endswith(".png")  # pictures are many; provenance.json has them
    ]


def _hardware_title(name: Any) -> str:
    known = {"gpu": "Graphics card", "cpu": "Processor", "memory_gb": "Memory (GB)"}
    return known.get(str(name), _spaced(name).capitalize())


def _spaced(name: Any) -> str:
    return str(name).replace("_", " ")
