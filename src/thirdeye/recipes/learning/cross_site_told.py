"""What the cross-site design tells: who learnt where, what is lost elsewhere, what betrays the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.cross_site import Films, auc_at, lost, paired_at, recognised
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.shift import TwoSets
from thirdeye.explanation.overlay import overlay, place, png_bytes
from thirdeye.recipes.learning.site_findings import findings_told
from thirdeye.recipes.learning.site_member import BY_SITE, FIRST, SECOND, SiteMember
from thirdeye.recipes.system import ANSWER, Cases, Further, FurtherPicture, FurtherTable, Logits
from thirdeye.report.numbers import full_text, number, p_text, short_text

SHOWN_PX = 256
CORNER = 4  # corners are a quarter of the side
Scores = Mapping[str, NDArray[np.float64]]
LEARNT = (ANSWER, FIRST, SECOND, BY_SITE)


@dataclass(frozen=True)
class Tested:
    """The test part, and what was said of it.

    Args:
        films: classes, sites, patients.
        scores: source to log-odds of the positive class.
        learnt: the two sites that were learnt from.
        elsewhere: the sites that were not.
    """

    films: Films
    scores: Scores
    learnt: tuple[str, str]
    elsewhere: tuple[str, ...]

    @property
    def grounds(self) -> list[tuple[str, tuple[str, ...]]]:
        """Name and sites of everything that is tested at."""
        first, second = self.learnt
        found = [(first, (first,)), (second, (second,)), (f"{first} and {second}", self.learnt)]
        return [*found, *((site or "unknown", (site,)) for site in self.elsewhere)]

    def learnt_at(self, source: str) -> tuple[str, ...]:
        """The sites that a network learnt from."""
        both = {FIRST: self.learnt[:1], SECOND: self.learnt[1:]}
        return both.get(source, self.learnt)

    def title(self, source: str) -> str:
        """What a source is, in a table."""
        if source == BY_SITE:
            return "nowhere: sorts by site, never looks"
        return " and ".join(self.learnt_at(source))


def told(members: Sequence[SiteMember], test: Cases) -> Further:
    """Tables, sentences and pictures of the test part."""
    tested = tested_of(members, test)
    losses = {(s, site): lost(auc_at(tested.films, tested.scores[s], tested.learnt_at(s)),
                              auc_at(tested.films, tested.scores[s], (site,)))
              for s in LEARNT if s != BY_SITE for site in _others(tested, s)}  # fmt: skip
    probe = _probed(members, test, tested)
    others = findings_told(members, test, tested.films, tested.learnt, tested.elsewhere)
    corners = float(np.mean([_corner_share(member, test) for member in members]))
    return Further(
        lead=tuple(_lead(tested, losses, probe, corners)),
        tables=(_matrix(tested), *others, _losses(tested, losses), _pairs(tested), _shares(tested)),
        pictures=_pictures(members, test, tested),
        numbers={
            "auc": {
                source: {name: auc_at(tested.films, one, s).as_json() for name, s in tested.grounds}
                for source, one in tested.scores.items()
            },
            "site_recognised": probe[0].as_json(), "site_recognised_by_chance": probe[1],
            "share_of_the_map_in_corners": corners,
        },
    )  # fmt: skip


def tested_of(members: Sequence[SiteMember], test: Cases) -> Tested:
    """The mean over members of what each source says of the test part."""
    said: list[Mapping[str, Logits]] = [dict(one.say(test)) for one in members]
    column = test.classes.index(str(test.positive))
    scores = {
        name: np.mean([one[name][:, column] - one[name][:, 1 - column] for one in said], axis=0)
        for name in LEARNT
    }
    rows = test.rows
    who = rows["patient"].where(rows["patient"] != "", rows["case"])
    films = Films(
        (test.labels == column).astype(np.int64), rows["site"].to_numpy(dtype=str), who.to_numpy(dtype=str)
    )
    first, second = test.inputs["sites"]
    return Tested(films, scores, (first, second), tuple(sorted(set(map(str, films.sites)) - {first, second})))


def _others(tested: Tested, source: str) -> list[str]:
    """Sites of the test part that a network has not learnt from."""
    return [site for site in (*tested.learnt, *tested.elsewhere) if site not in tested.learnt_at(source)]


def _matrix(tested: Tested) -> FurtherTable:
    """Learnt here, tested there."""
    rows = tuple(
        (
            tested.title(source),
            *(_auc(auc_at(tested.films, tested.scores[source], s)) for _, s in tested.grounds),
        )
        for source in LEARNT
    )
    return FurtherTable(
        "Learnt at, tested at: areas under the ROC curve",
        ("Learnt at", *(name for name, _ in tested.grounds)), rows,
        ("95% intervals (DeLong). The test films are the same in each column.",),
    )  # fmt: skip


def _losses(tested: Tested, losses: Mapping[tuple[str, str], TwoSets]) -> FurtherTable:
    """What each network lost where it had not learnt."""
    rows = tuple(
        (tested.title(source), site or "unknown", _difference(one.difference), p_text(one.p_value))
        for (source, site), one in losses.items()
    )
    return FurtherTable(
        "What is lost elsewhere: AUC there minus AUC at home",
        ("Learnt at", "Tested at", "Difference", "p"), rows,
        ("The films of two sites are independent: DeLong's variances add.",),
    )  # fmt: skip


def _pairs(tested: Tested) -> FurtherTable:
    """The network of both sites against the others, on the same films."""
    rows = []
    for source in (FIRST, SECOND, BY_SITE):
        for name, sites in tested.grounds:
            found = paired_at(tested.films, tested.scores[ANSWER], tested.scores[source], sites)
            if found is not None:
                limits = (
                    "no interval" if found.ci_low is None else f"{found.ci_low:+.3f} to {found.ci_high:+.3f}"
                )
                rows.append(
                    (tested.title(source), name, f"{found.difference:+.3f}", limits, p_text(found.p_value))
                )
    columns = ("Against", "Tested at", "Difference of AUC", "95% interval", "p")
    return FurtherTable("The network of both sites against the others, in pairs", columns, tuple(rows))


def _shares(tested: Tested) -> FurtherTable:
    """How many films, and how many are positive."""
    rows = []
    for site in (*tested.learnt, *tested.elsewhere):
        there = tested.films.at((site,))
        positive = int(tested.films.labels[there].sum())
        rows.append(
            (site or "unknown", str(int(there.sum())), str(positive), f"{positive / there.sum():.0%}")
        )
    return FurtherTable("The test part, site by site", ("Site", "Films", "Positive", "Share"), tuple(rows))


def _probed(members: Sequence[SiteMember], test: Cases, tested: Tested) -> tuple[Metric, float]:
    """How often the site is told from what the network of both sees; by the first member."""
    member = members[0]
    numbers = member.site_of(member.seen(ANSWER, test.arrays["pixels"]).features)
    return recognised(np.array(tested.learnt)[numbers], tested.films, tested.learnt)


def _corner_share(member: SiteMember, test: Cases) -> float:
    """Share of the map for the positive class that lies in the four corners, a quarter of a film."""
    maps = np.clip(member.seen(ANSWER, test.arrays["pixels"]).cam[:, member.output], 0, None).astype(
        np.float64
    )
    height, width = maps.shape[1:]
    rows, columns = (
        np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) / n < 1 / CORNER for n in (height, width)
    )
    return float(maps[:, rows[:, None] & columns[None, :]].sum() / max(maps.sum(), 1e-9))


def _pictures(members: Sequence[SiteMember], test: Cases, tested: Tested) -> dict[str, FurtherPicture]:
    """Of each site, the film that the network of both holds most surely for positive, with its map."""
    found = {}
    for number_of, site in enumerate((*tested.learnt, *tested.elsewhere)):
        there = np.flatnonzero(tested.films.at((site,)))
        at = int(there[np.argmax(tested.scores[ANSWER][there])])
        pixels = test.arrays["pixels"][at : at + 1]
        heat = np.clip(members[0].seen(ANSWER, pixels).cam[0, members[0].output], 0, None)
        heat = (heat / max(float(heat.max()), 1e-9)).astype(np.float32)
        large = _enlarged(pixels[0])
        picture = overlay(large, place(heat, SHOWN_PX, SHOWN_PX, resize="squash"))
        truth = test.rows["label"].iloc[at]
        caption = f"{site or 'unknown'}: the film held most surely for {test.positive} (it is: {truth})"
        found[f"map_{number_of}"] = FurtherPicture(
            caption, png_bytes(np.concatenate([large, picture], axis=1))
        )
    return found


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.BICUBIC))


def _lead(
    tested: Tested, losses: Mapping[tuple[str, str], TwoSets], probe: tuple[Metric, float], corners: float
) -> list[str]:
    home = " and ".join(tested.learnt)
    joint, trivial = (auc_at(tested.films, tested.scores[name], tested.learnt) for name in (ANSWER, BY_SITE))
    said = [f"On new films of {home}, where it learnt, the network's AUC is {full_text(joint.as_json())}."]
    for site in tested.elsewhere:
        there = auc_at(tested.films, tested.scores[ANSWER], (site,))
        gap = losses[ANSWER, site].difference
        said.append(
            f"At {site or 'a site without a name'}, where nothing was learnt, it is "
            f"{full_text(there.as_json())}: a difference of {_difference(gap)}."
        )
    said.append(
        f"Sorting the films of {home} by their site alone, without looking, reaches "
        f"{full_text(trivial.as_json())}: a high figure on films of several sites together need not "
        "come from the films."
    )
    lower = sum(one.difference.value is not None and one.difference.value < 0 for one in losses.values())
    sure = sum(one.difference.ci_high is not None and one.difference.ci_high < 0 for one in losses.values())
    said.append(
        f"In {lower} of {len(losses)} comparisons the figure is lower away from home; in {sure} the interval "
        "excludes no loss."
    )
    said.append(
        f"From what this network sees, the site is told rightly in {full_text(probe[0].as_json())} of films; "
        f"naming the commonest gives {number(probe[1], percent=True, digits=0)}. Of the map for the positive "
        f"class, {number(corners, percent=True, digits=0)} lies in the corners, which are 25% of a film."
    )
    return said


def _auc(metric: Metric) -> str:
    return short_text(metric.as_json())


def _difference(metric: Metric) -> str:
    if metric.value is None:
        return f"undefined ({metric.reason})"
    limits = "no interval" if metric.ci_low is None else f"{metric.ci_low:+.3f} to {metric.ci_high:+.3f}"
    return f"{metric.value:+.3f} ({limits})"
