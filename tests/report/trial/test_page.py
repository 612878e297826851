"""The page of a trial: complete in itself, everything escaped, the verdict first."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.intake.examine import CheckRun
from thirdeye.intake.exhibits import Velocity
from thirdeye.intake.finding import Exhibit, Finding, Fix
from thirdeye.report.trial.page import trial_page
from thirdeye.report.trial.trial import Trial

Make = Callable[..., Trial]
HOSTILE = "<script>alert(1)</script>"


class Reader(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def pictures(self) -> int:
        return sum(tag == "img" for tag, _ in self.tags)


def finding(severity: str = "warning", check: str = "dup.exact", **fields: object) -> Finding:
    return Finding(check, severity, **{"message": "Something is wrong.", **fields})  # type: ignore[arg-type]


def test_the_page_stands_alone(make_trial: Make) -> None:
    page = trial_page(make_trial(finding(cases=("pictures/1.png",))))
    tags = Reader(page).tags
    assert not [tag for tag, _ in tags if tag in ("script", "link", "iframe", "object")]
    outside = [a for _, attrs in tags for k, a in attrs.items() if k in ("src", "href", "data", "action")]
    assert outside
    assert all(str(place).startswith(("data:image/jpeg;base64,", "#")) for place in outside)
    assert page.count(html.escape(RESEARCH_USE)) == 2
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_contents_lead_to_sections(make_trial: Make) -> None:
    tags = Reader(trial_page(make_trial(finding(fixes=(Fix("pictures/1.png", "leave_out", "a copy"),))))).tags
    links = [str(attrs["href"])[1:] for tag, attrs in tags if tag == "a"]
    anchors = [attrs["id"] for tag, attrs in tags if tag == "section" and "id" in attrs]
    assert [link for link in links if not link.startswith("finding")] == anchors
    articles = [attrs.get("id") for tag, attrs in tags if tag == "article"]
    assert [link for link in links if link.startswith("finding")] == articles == ["finding-1"]
    links = anchors
    assert links[:2] == ["verdict", "understood"]
    assert [name for name in links if name[0] == "v"][1:] == ["volume", "variety", "veracity", "velocity"]
    assert links[-1] == "fixes"


def test_hostile_text_stays_text(make_trial: Make) -> None:
    hostile = finding(
        message=HOSTILE,
        remedy=HOSTILE,
        source=HOSTILE,
        cases=("pictures/1.png", f"{HOSTILE}.png"),
        evidence={
            "about": {"pictures/1.png": HOSTILE},
            "table": {"columns": [HOSTILE], "rows": [[HOSTILE]]},
            "k": {HOSTILE: HOSTILE},
        },
        exhibits=(Exhibit(HOSTILE, np.zeros((4, 4), np.uint8)),),
        fixes=(Fix("pictures/1.png", "set", HOSTILE, "label", HOSTILE),),
    )
    page = trial_page(make_trial(hostile, label=[HOSTILE] * 6, site=[HOSTILE] * 6))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 8


def test_the_verdict_comes_first(make_trial: Make) -> None:
    grave = finding("error", message="One image under two labels: 'a' is ill. More.", check="label.conflict")
    text = Reader(trial_page(make_trial(grave, finding("error"), finding()))).text
    assert "must not be learnt from yet: one image under two labels, and 1 further error." in text
    text = Reader(trial_page(make_trial(finding(), finding()))).text
    assert "may be learnt from, but 2 warnings should be read first." in text
    text = Reader(trial_page(make_trial(finding("info")))).text
    assert "may be learnt from: no check found a reason against it." in text


def test_every_accused_has_a_picture(make_trial: Make) -> None:
    cases = tuple(f"pictures/{i}.png" for i in range(5))
    page = Reader(
        trial_page(make_trial(finding(cases=cases, evidence={"about": {cases[2]: "much too dark"}})))
    )
    assert page.pictures() == 5
    assert all(case in page.text for case in cases)
    assert "much too dark" in page.text


def test_what_is_not_shown_unfolds(make_trial: Make) -> None:
    cases = tuple(f"pictures/{i}.png" for i in range(45))
    page = Reader(trial_page(make_trial(finding("error", cases=cases), number=45)))
    assert page.pictures() == 36
    assert "and 9 more; all 45 names" in page.text
    assert "pictures/44.png" in page.text


def test_groups_stand_side_by_side_with_what_differs(make_trial: Make) -> None:
    group = ("pictures/0.png", "pictures/1.png")
    page = Reader(trial_page(make_trial(finding(cases=group, groups=(group,)))))
    assert page.pictures() == 2
    assert "2 pictures, differing in label" in page.text
    assert "label: well" in page.text


def test_an_unreadable_file_says_why(
    make_trial: Make, unreadable: Callable[[Trial, str, str], Trial]
) -> None:
    trial = unreadable(
        make_trial(finding(cases=("pictures/1.png",))), "pictures/1.png", "ends in the middle of the picture"
    )
    assert "ends in the middle of the picture" in Reader(trial_page(trial)).text


def test_measures_come_with_their_interval(make_trial: Make) -> None:
    metric = {"name": "auc", "value": 0.93, "ci_low": 0.9, "ci_high": 0.96, "level": 0.95, "n": 372}
    undefined = {
        **metric,
        "value": None,
        "ci_low": None,
        "ci_high": None,
        "status": "undefined",
        "reason": "one class",
    }
    text = Reader(
        trial_page(make_trial(finding(evidence={"pooled_auc": metric, "at_site_b": undefined})))
    ).text
    assert "0.930 0.900 to 0.960 372" in text
    assert "undefined (one class)" in text


def test_clean_and_idle_checks_are_named(make_trial: Make) -> None:
    runs = (
        CheckRun("dup.exact", "Identical pictures", "veracity", "clean", "", 0.0),
        CheckRun("shortcut.site", "Sites", "veracity", "not_applicable", "no site is known", 0.0),
    )
    text = Reader(trial_page(make_trial(runs=runs))).text
    assert "1 check found nothing" in text
    assert "no site is known" in text


def test_velocity_is_told_in_time(make_trial: Make) -> None:
    speed = Velocity(training_images_per_s=0.05, reading_images_per_s=2.0, bytes_total=2_500_000)
    text = Reader(trial_page(make_trial(velocity=speed))).text
    assert "one pass over these data takes 2 minutes, twenty passes 40 minutes" in text
    assert "all of these take 3 seconds" in text
    assert "2.5 MB" in text


@pytest.mark.parametrize("number", [400])
def test_pictures_are_bounded(make_trial: Make, number: int) -> None:
    findings = [
        finding("error", cases=tuple(f"pictures/{(i * 40 + j) % number}.png" for j in range(40)))
        for i in range(12)
    ]
    assert Reader(trial_page(make_trial(*findings, number=number))).pictures() == 300


def test_no_patient_is_named(make_trial: Make) -> None:
    group = ("pictures/0.png", "pictures/2.png")
    leak = finding(
        "error",
        check="split.patient",
        message="1 patient on two sides of the split, for example 'MRN-77' in test and train.",
        groups=(group,),
        evidence={
            "table": {"columns": ["patient", "n"], "rows": [["MRN-77", 2]]},
            "about": {group[0]: "the same as 'MRN-78'"},
            "patients": ["MRN-77"],
        },
    )
    patients = ["MRN-77", "b", "MRN-78", "c", "d", "e"]
    page = trial_page(make_trial(leak, patient=patients))
    assert "MRN" not in page
    text = Reader(page).text
    assert "for example patient 1 in test and train" in text
    assert "patient: 3" in text


def test_of_masks_boxes_and_points_is_counted_what_the_images_show(make_trial: Make) -> None:
    trial = make_trial(number=3, label=["", "", ""])
    shown = pd.DataFrame(
        [("pictures/0.png", "ill"), ("pictures/1.png", "ill"), ("pictures/1.png", "well")],
        columns=["image", "name"],
    )
    marked = replace(trial, examination=replace(trial.examination, shown=shown))
    text = Reader(trial_page(marked)).text
    assert re.search(r"How many show each structure .*?well 1 ill counts as positive 2", text)
