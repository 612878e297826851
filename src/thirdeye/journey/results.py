"""What the verbs give back to a notebook: typed, small, with the paths of what was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thirdeye.dataset.fingerprint import Fingerprint
    from thirdeye.dataset.table import Dataset
    from thirdeye.intake.collection import Collection
    from thirdeye.intake.examine import Examination
    from thirdeye.plan.decisions import Decisions
    from thirdeye.training.record import Stage


@dataclass(frozen=True)
class Checked:
    """A dataset that was put on trial.

    Args:
        collection: what was found and how it was understood.
        examination: findings, and facts of every image.
    """

    collection: Collection
    examination: Examination

    @property
    def refused(self) -> bool:
        """Whether a finding forbids training."""
        return any(finding.severity == "error" for finding in self.examination.findings)


@dataclass(frozen=True)
class Planned:
    """A dataset with its splits, its fingerprint and the plan that follows.

    Args:
        study: folder, or None when nothing was written.
        dataset, fingerprint, plan: see their rooms.
    """

    study: Path | None
    dataset: Dataset
    fingerprint: Fingerprint
    plan: Decisions


@dataclass(frozen=True)
class TrainedStudy:
    """A trained, calibrated reader.

    Args:
        study: folder.
        stages: what each stage reached on validation data.
    """

    study: Path
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Validated:
    """The evidence.

    Args:
        study: folder.
        evidence: the content of ``evaluation.json``.
        part: the set that was measured ("test", "external:NAME").
    """

    study: Path
    evidence: dict[str, Any]
    part: str = "test"

    def metric(self, name: str, *, part: str = "test", **where: str) -> dict[str, Any]:
        """The metric object called `name` of a set ("test", "validation").

        Args:
            name: "auc", "sensitivity", ...
            part: name of the set.
            where: further fields that have to match, such as operating_point="youden".

        Raises:
            KeyError: there is none.
        """
        for metric in self.evidence["sets"][part]["metrics"]:
            if metric["name"] == name and all(metric.get(key) == value for key, value in where.items()):
                return dict(metric)
        raise KeyError(f"{part} has no metric '{name}' {where or ''}".strip())


@dataclass(frozen=True)
class Robustness:
    """Whether more cases would help, and whether chance decides.

    Args:
        study: folder.
        found: the block "robustness" of ``evaluation.json``.
    """

    study: Path
    found: dict[str, Any]


@dataclass(frozen=True)
class Explained:
    """Heat maps and their exam.

    Args:
        study: folder.
        passed: the verdict; None when the exam could not be run.
        verdict: in one sentence.
    """

    study: Path
    passed: bool | None
    verdict: str


@dataclass(frozen=True)
class Reported:
    """The report.

    Args:
        study: folder.
        files: what was written.
    """

    study: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Deidentified:
    """A folder without identities.

    Args:
        destination: what may be passed on.
        quarantine: what a person has to look at first.
        key_file, links: the key, and the table that leads back; for their owner alone.
        report: the content of ``deidentification.json``.
    """

    destination: Path
    quarantine: Path
    key_file: Path
    links: Path
    report: dict[str, Any]
