"""The counts of the review's results section, computed again from its own tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from thirdeye.recipes.literature.study import PublishedStudy
from thirdeye.report.literature.lines import Count

IDENTIFIED, EXCLUDED = 352, 327
STATED_SMALLEST, STATED_LARGEST = 170, 139_886
STATED_YEARS = (2013, 2019)


def counts(studies: Sequence[PublishedStudy]) -> tuple[Count, ...]:
    """Each sentence of the review that can be checked, beside what the data give; all 25 are expected."""
    return tuple(rule(studies) for rule in RULES)


def years_by_region(studies: Sequence[PublishedStudy]) -> dict[int, dict[str, int]]:
    """Publications by year and part of the world; years without any are there, empty."""
    if not studies:
        return {}
    span = range(min(study.year for study in studies), max(study.year for study in studies) + 1)
    return {
        year: dict(Counter(study.region for study in studies if study.year == year).most_common())
        for year in span
    }


def networks_used(studies: Sequence[PublishedStudy]) -> dict[str, int]:
    """Studies per family of networks, the most frequent first; a study may use several."""
    return dict(Counter(name for study in studies for name in study.networks).most_common())


def parts_and_total(study: PublishedStudy) -> tuple[int, int] | None:
    """Sum of the review's parts and the review's total; None where it does not give both."""
    total, train, test = (_stated(study, name) for name in ("total", "train", "test"))
    if total is None or train is None or test is None:
        return None
    return train + test + (_stated(study, "second_test") or 0), total


def _stated(study: PublishedStudy, name: str) -> int | None:
    fact = study.sizes.get(name)
    return None if fact is None or fact.in_review is None else int(fact.in_review)


def _included(studies: Sequence[PublishedStudy]) -> Count:
    says = f"{IDENTIFIED} articles found, {EXCLUDED} excluded"
    found = f"{len(studies)} studies; {IDENTIFIED} − {EXCLUDED} = {IDENTIFIED - EXCLUDED}"
    return Count("Studies included", says, found, _verdict(len(studies) == IDENTIFIED - EXCLUDED))


def _span(studies: Sequence[PublishedStudy]) -> Count:
    first, last = min(s.year for s in studies), max(s.year for s in studies)
    verdict = _verdict((first, last) == STATED_YEARS)
    return Count("Years of publication", "2013 to 2019", f"{first} to {last}", verdict)


def _by_year(studies: Sequence[PublishedStudy]) -> Count:
    found = ", ".join(f"{year}: {sum(n.values())}" for year, n in years_by_region(studies).items())
    why = (
        "Arevalo is 2016 in the tables and 2015 in the references, Miki 2016 in the tables and 2017 in the "
        "references; with the tables 2016 has 8 and 2017 has 6"
    )
    return Count("Publications by year", "", found, "differs", why, ("arevalo2016", "miki2017"))


def _by_origin(studies: Sequence[PublishedStudy]) -> Count:
    regions = Counter(study.region for study in studies)
    top = {region for region, _ in regions.most_common(2)}
    says = "Authors mostly from North America and Asia"
    verdict = _verdict(top == {"North America", "Asia"})
    return Count("Origin of the first author", says, _tally(regions), verdict)


def _networks(studies: Sequence[PublishedStudy]) -> Count:
    used = Counter(networks_used(studies))
    says = "The most common networks such as AlexNet and GoogLeNet"
    own, google = used["own"], used["GoogLeNet"] + used["Inception v3"]
    why = (
        f"Networks of the authors' own are the most common ({own}); GoogLeNet and Inception v3 together "
        f"{google}, VGG {used['VGG']}, ResNet {used['ResNet']}, AlexNet {used['AlexNet']} (papers' names)"
    )
    return Count("Networks", says, _tally(used), "differs", why)


def _sizes(studies: Sequence[PublishedStudy]) -> Count:
    totals = [(_stated(s, "total") or int(s.sizes["total"].value), s) for s in studies if "total" in s.sizes]
    ranked = sorted(totals, key=lambda pair: pair[0])
    (smallest, small), (largest, large) = ranked[0], ranked[-1]
    below = [f"{s.author} ({n} {s.unit})" for n, s in ranked if n < STATED_SMALLEST]
    found = f"{smallest:,} ({small.name}) to {largest:,} ({large.name})"
    why = (
        f"{large.author} is larger than {STATED_LARGEST:,}; and where examinations or fields are counted, "
        f"{' and '.join(below)} are below {STATED_SMALLEST}: units are mixed in one column"
    )
    return Count("Size of the data sets", f"{STATED_SMALLEST} to {STATED_LARGEST:,}", found, "differs", why,
                 (large.id, small.id))  # fmt: skip


def _sums(studies: Sequence[PublishedStudy]) -> Count:
    sums = [(study, pair) for study in studies if (pair := parts_and_total(study)) is not None]
    wrong = [(study, pair) for study, pair in sums if pair[0] != pair[1]]
    told = "; ".join(f"{s.author}: {a:,}, stated {b:,}" for s, (a, b) in wrong)
    found = f"{len(sums) - len(wrong)} of {len(sums)} studies that give all three add up"
    return Count("Training and test add up to the total", "", found, "differs", told,
                 tuple(study.id for study, _ in wrong))  # fmt: skip


def _traditional(studies: Sequence[PublishedStudy]) -> Count:
    stated = {s.id: fact.in_review for s in studies if (fact := s.practice.get("traditional")) is not None}
    yes = [name for name, value in stated.items() if value is True]
    found = f"Table: Horie 'No', Alaskar 'Yes'; {len(yes)} entries 'Yes' are known here"
    why = (
        "Horie [35] and Alaskar [36] were exchanged: the text counts Horie, the table Alaskar; "
        "13 can be right only if the other twelve agree"
    )
    says = "13, Horie among them, Alaskar not"
    clashing = ("horie2019", "alaskar2019")
    return Count("Compared with traditional techniques", says, found, "differs", why, clashing)


def _doctors(studies: Sequence[PublishedStudy]) -> Count:
    facts = [(s, s.practice["doctors"]) for s in studies if "doctors" in s.practice]
    table = [s for s, fact in facts if fact.in_review is True]
    more = [s for s, fact in facts if fact.value is True and fact.in_review is False]
    found = f"Table: {len(table)} 'Yes' ({', '.join(s.author for s in table)})"
    names = " and ".join(s.author for s in more)
    why = f"{names} have 'No' in the table, but both abstracts report a comparison"
    return Count("Compared with doctors", "", found, "differs", why, tuple(s.id for s in more))


def _pretrained(studies: Sequence[PublishedStudy]) -> Count:
    why = "The text counts Jia [33] among the pre-trained networks; Table 3 says 'No'"
    found = _yes_no(studies, "pretrained")
    return Count("Pre-trained networks", "Jia is among them", found, "differs", why, ("jia2016",))


def _augmented(studies: Sequence[PublishedStudy]) -> Count:
    return Count("Data augmentation", "", _yes_no(studies, "augmentation"), "recounted")


def _preprocessed(studies: Sequence[PublishedStudy]) -> Count:
    why = "Esteva, Gulshan and Lakhani are 'No' in the table, though their images were prepared"
    return Count("Pre-processing", "", _yes_no(studies, "preprocessing"), "differs", why,
                 ("esteva2017", "gulshan2016", "lakhani2017"))  # fmt: skip


def _heat_maps(studies: Sequence[PublishedStudy]) -> Count:
    facts = [study.practice["heat_maps"].in_review for study in studies if "heat_maps" in study.practice]
    found = f"{facts.count(True)} yes, {facts.count(False)} no"
    return Count("Heat maps or other visualisation", "", found, "recounted")


def _specialists(studies: Sequence[PublishedStudy]) -> Count:
    numbers = [(int(s.facts["specialists"].value), s) for s in studies if "specialists" in s.facts]
    many = [(n, s) for n, s in numbers if n > 4]
    found = f"{min(n for n, _ in numbers)} to {max(n for n, _ in numbers)} in {len(numbers)} studies"
    why = " and ".join(f"{s.author} has {n}" for n, s in many) + " in Table 4"
    return Count("Specialists who labelled", "1 to 4", found, "differs", why, tuple(s.id for _, s in many))


def _histology(studies: Sequence[PublishedStudy]) -> Count:
    proven = [s.author for s in studies if "labels" in s.facts and s.facts["labels"].value == "histology"]
    why = "The text counts Ciresan; Table 4 says proof-reading by pathologists"
    found = f"Table 4: {', '.join(proven)}"
    return Count(
        "Labels proven by histology", "Ciresan is among them", found, "differs", why, ("ciresan2013",)
    )


def _software(studies: Sequence[PublishedStudy]) -> Count:
    named = [str(s.facts["software"].value) for s in studies if "software" in s.facts]
    tools = Counter(tool for name in named for tool in name.split(" and "))
    return Count("Software", "", f"{_tally(tools)}; not stated {len(studies) - len(named)}", "recounted")


def _yes_no(studies: Sequence[PublishedStudy], name: str) -> str:
    said = [fact.in_review if (fact := study.facts.get(name)) else None for study in studies]
    text = f"{said.count(True)} yes, {said.count(False)} no"
    return text + (f", {said.count(None)} not stated" if None in said else "")


def _tally(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counted.most_common())


def _verdict(agrees: bool) -> Literal["agrees", "differs"]:
    return "agrees" if agrees else "differs"


RULES: tuple[Callable[[Sequence[PublishedStudy]], Count], ...] = (
    _included, _span, _by_year, _by_origin, _networks, _sizes, _sums, _traditional, _doctors, _pretrained,
    _augmented, _preprocessed, _heat_maps, _specialists, _histology, _software,
)  # fmt: skip
