"""The questions of the exam: an honest method answers them, an inverted or a blind one does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from thirdeye.explanation.exam.labels import judge_labels, many_headed, maps_of_heads
from thirdeye.explanation.exam.likeness import MEASURES, judged
from thirdeye.explanation.exam.order import by_chance, curves, judge_order, orders_of, random_orders
from thirdeye.explanation.exam.regions import SIDE, judge_regions, on_grid
from thirdeye.explanation.exam.sitting import FEWEST, Sitting
from thirdeye.explanation.exam.verdicts import choose, for_reader, summed_up, verdict
from thirdeye.explanation.method import direction
from thirdeye.explanation.methods import METHODS
from thirdeye.explanation.subject import of_network
from thirdeye.model.network import Network

N, SIZE = 16, 64
CAM = METHODS.get("cam")


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a method may cost, whatever quicker studies of other tests allow themselves."""
    monkeypatch.setattr("thirdeye.explanation.exam.sitting.GIGAFLOPS", 450.0)


@pytest.fixture(scope="module")
def brightness() -> Network:
    """Class 1 is how much brighter than grey the picture is, at places of 8 px."""
    pick = nn.Conv2d(3, 1, 1)
    network = Network(
        nn.Sequential(pick, nn.ReLU(), nn.AvgPool2d(8)),
        n_features=1,
        n_outputs=2,
        mean=(0.0,) * 3,
        std=(1.0,) * 3,
    )
    with torch.no_grad():
        pick.weight.fill_(1 / 3)
        pick.bias.fill_(-0.55)
        network.head.weight.copy_(torch.tensor([[-1.0], [1.0]]))
    return network.eval()


@pytest.fixture(scope="module")
def spots() -> tuple[np.ndarray, np.ndarray]:
    """Pictures with one bright spot, and where it is."""
    random = np.random.default_rng(0)
    rows, columns = np.indices((SIZE, SIZE))
    images, regions = [], []
    for row, column in random.integers(12, SIZE - 12, (N, 2)):
        away = (rows - row) ** 2 + (columns - column) ** 2
        grey = 0.4 + 0.5 * np.exp(-away / 40) + random.normal(0, 0.02, (SIZE, SIZE))
        images.append(np.repeat(grey[None], 3, axis=0))
        regions.append(on_grid(away < 60))
    return np.clip(images, 0, 1).astype(np.float32), np.stack(regions)


QUESTIONS = direction(np.ones(N, int), 2, task="binary")


def maps(network: Network, images: np.ndarray) -> np.ndarray:
    return CAM.maps(of_network(network), images, QUESTIONS)[:, 0]


def test_the_order_of_an_honest_map_beats_chance_and_an_inverted_one_loses(brightness, spots) -> None:
    images, _ = spots
    subject = of_network(brightness)
    chance = by_chance(subject, images, QUESTIONS, seed=0)
    patients = np.arange(N)
    right = judge_order(subject, images, QUESTIONS, maps(brightness, images), chance, patients=patients)
    wrong = judge_order(subject, images, QUESTIONS, -maps(brightness, images), chance, patients=patients)
    assert right["passed"]
    assert not right["inverted"]
    assert wrong["inverted"]
    assert not wrong["passed"]
    assert right["gains"]["deletion"]["value"] > 0 > wrong["gains"]["deletion"]["value"]
    assert np.mean(right["by_image"]) == pytest.approx(right["gains"]["order"]["value"], abs=1e-4)


def test_random_orders_gain_nothing(brightness, spots) -> None:
    images, _ = spots
    subject = of_network(brightness)
    chance = by_chance(subject, images, QUESTIONS, seed=0)
    noise = np.random.default_rng(1).normal(size=(N, 12, 12)).astype(np.float32)
    told = judge_order(subject, images, QUESTIONS, noise, chance, patients=np.arange(N))
    assert told["gains"]["order"]["ci_low"] < 0 < told["gains"]["order"]["ci_high"]
    assert not told["passed"]


def test_deletion_and_insertion_end_where_they_must(brightness, spots) -> None:
    """An order and its reverse: what one deletes last, the other brings in first."""
    images, _ = spots
    order = orders_of(maps(brightness, images))
    assert sorted(order[0]) == list(range(order.shape[1]))
    assert not (random_orders(2, seed=0)[0] == random_orders(2, seed=1)[0]).all()
    deletion, insertion = curves(of_network(brightness), images, QUESTIONS, order)
    assert (insertion > deletion).all()  # the highest places carry the score


def test_localisation_of_an_honest_and_of_an_inverted_map(brightness, spots) -> None:
    images, regions = spots
    right = judge_regions(maps(brightness, images), regions, patients=range(N))
    wrong = judge_regions(-maps(brightness, images), regions, patients=range(N))
    assert right["above_chance"]
    assert not right["below_chance"]
    assert wrong["below_chance"]
    assert right["measures"]["pointing_game"]["value"] > 0.9
    assert np.mean(right["by_image"]) > 0.5


def test_a_small_region_does_not_vanish() -> None:
    dot = np.zeros((4 * SIDE, 4 * SIDE), bool)
    dot[10, 10] = True
    assert on_grid(dot).sum() == 1


@pytest.fixture(scope="module")
def sitting() -> Sitting:
    """A network of several features, one of which tells the labels."""
    torch.manual_seed(0)
    backbone = nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 24, 3, stride=2, padding=1), nn.BatchNorm2d(24), nn.ReLU(),
    )  # fmt: skip
    network = Network(backbone, n_features=24, n_outputs=2, mean=(0.5,) * 3, std=(0.25,) * 3).eval()
    random = np.random.default_rng(0)
    prepared = random.integers(0, 256, (N, 32, 32, 3)).astype(np.uint8)
    features = random.normal(size=(80, 24)).astype(np.float32)
    return Sitting(
        network=network, other=None, prepared=prepared, patients=np.arange(N).astype(str),
        shown=np.ones(N, int),
        features=features, labels=(features[:, 0] > 0).astype(int), task="binary", seed=0,
    )  # fmt: skip


def test_heads_side_by_side_are_the_heads_one_by_one(sitting: Sitting) -> None:
    heads = many_headed(sitting.network, sitting.features, sitting.labels, task="binary", seed=0)
    wide = maps_of_heads(CAM, heads, sitting.images, sitting.directions)
    own = CAM.maps(of_network(sitting.network), sitting.images, sitting.directions)[:, 0]
    assert wide.shape[0] == 5
    assert np.allclose(wide[0], own, atol=1e-6)
    assert heads.backbone is sitting.network.backbone
    weights = heads.head.weight.detach().numpy().reshape(5, 2, 24)
    assert abs(weights[1, 1]).argmax() == 0  # refitted on the true labels: the feature that tells them
    assert all(abs(one[1])[0] < 0.5 * abs(weights[1, 1])[0] for one in weights[2:])


def test_a_method_that_ignores_the_head_fails_the_labels(sitting: Sitting) -> None:
    random = np.random.default_rng(0)
    same = np.repeat(random.normal(size=(1, N, 8, 8)), 5, axis=0).astype(np.float32)
    blind = judge_labels(same, seed=0)
    assert not blind["passed"]
    assert blind["measures"]["ssim"]["retained"]["value"] == pytest.approx(1)
    assert blind["randomised"] == "last layer, fitted to permuted labels"
    assert not blind["whole_training"]
    assert "seen the true labels" in blind["scope"]
    alone = judge_labels(same, seed=0, tuned=False)
    assert alone["whole_training"]
    assert "all that was trained" in alone["scope"]
    other = judge_labels(
        np.concatenate([same[:2], random.normal(size=(3, N, 8, 8)).astype(np.float32)]), seed=0
    )
    assert other["passed"]
    assert other["same_labels_again"]["ssim"]["value"] == pytest.approx(1)


def test_dear_methods_are_examined_on_fewer_images_or_not_at_all(sitting: Sitting) -> None:
    rise = METHODS.get("rise")
    assert sitting.gigaflops == pytest.approx(2e-9 * (16 * 16 * 27 * 16 + 8 * 8 * 9 * 16 * 24))
    assert sitting.count("cam", CAM) == N
    assert sitting.count("rise", rise) == FEWEST
    assert sitting.affordable("rise", rise)  # of a tiny network


def test_a_short_run_examines_less(sitting: Sitting) -> None:
    def examined(budget_s: float | None) -> set[str]:
        one = replace(sitting, budget_s=budget_s)
        return {name for name, method in METHODS if one.affordable(name, method)}

    assert examined(None) == examined(150) == set(METHODS.names())
    assert examined(30) == {"cam", "grad_cam", "saliency"}
    short = replace(sitting, budget_s=100)
    assert short.affordable("occlusion", METHODS.get("occlusion"))
    asked = {one.count("occlusion", METHODS.get("occlusion"), asked=True) for one in (sitting, short)}
    assert len(asked) == 1  # what a person asks for does not depend on it


def test_a_method_that_samples_takes_fewer_samples_in_a_dear_network(sitting: Sitting) -> None:
    rise = METHODS.get("rise")
    assert sitting.sampled(rise).passes == 104  # 2500 passes, 6 images of 1 trained and 3 random networks
    assert sitting.sampled(rise, asked=True).passes == rise.passes
    assert sitting.sampled(CAM) is CAM
    asked = sitting.count("occlusion", METHODS.get("occlusion"), asked=True)
    assert asked > sitting.count("occlusion", METHODS.get("occlusion"))


def test_what_is_left_has_an_interval_by_patient() -> None:
    """Four images each of eight patients: doubling every patient's images must not narrow the interval."""
    random = np.random.default_rng(0)
    after, between = random.uniform(0, 0.4, (3, 8)), random.uniform(0.1, 0.3, 8)

    def told(times: int, *, by_patient: bool) -> dict:
        others = [{name: np.repeat(one, times) for name in MEASURES} for one in after]
        same = {name: np.repeat(between, times) for name in MEASURES}
        patients = np.repeat(np.arange(8), times).astype(str) if by_patient else None
        return judged(others, same, seed=0, patients=patients)["ssim"]["retained"]

    once, repeated, naive = told(1, by_patient=True), told(4, by_patient=True), told(4, by_patient=False)
    assert (repeated["n"], repeated["n_clusters"], repeated["status"]) == (32, 8, "unstable")
    assert [repeated["ci_low"], repeated["ci_high"]] == pytest.approx([once["ci_low"], once["ci_high"]])
    assert naive["ci_high"] - naive["ci_low"] < 0.9 * (once["ci_high"] - once["ci_low"])
    expected = (after.mean() - between.mean()) / (1 - between.mean())
    assert once["value"] == pytest.approx(expected)
    assert once["ci_low"] < expected < once["ci_high"]


def test_few_patients_pass_nothing() -> None:
    """Resampling four patients would look certain; many images of them change nothing."""
    others = [{name: np.zeros(40) for name in MEASURES} for _ in range(3)]
    same = {name: np.full(40, 0.2) for name in MEASURES}
    told = judged(others, same, seed=0, patients=np.repeat(list("abcd"), 10))["ssim"]
    assert (told["retained"]["ci_high"], told["retained"]["status"]) == (None, "unstable")
    assert not told["passed"]
    assert judged(others, same, seed=0, patients=np.repeat(list("abcde"), 8))["ssim"]["passed"]


def entry(passed: bool | None, by_image: list[float], *, passes: int, needs_torch: bool = False) -> dict:
    return {
        "passed": passed, "needs_torch": needs_torch, "passes": passes, "verdict": "", "weights": {},
        "localisation": None, "order": {"by_image": by_image},
    }  # fmt: skip


def test_the_simplest_that_passed_is_shown_unless_another_is_measurably_better() -> None:
    random = np.random.default_rng(0)
    plain, noisy = random.normal(0.5, 0.1, 20), random.normal(0.52, 0.3, 20)
    methods = {
        "rise": entry(True, list(noisy), passes=96),
        "cam": entry(True, list(plain), passes=1),
        "grad_cam": entry(True, list(plain + 5), passes=3, needs_torch=True),
        "occlusion": entry(False, list(noisy + 5), passes=50),
    }
    assert choose(methods) == "cam"
    methods["occlusion"]["passed"] = True
    assert choose(methods) == "occlusion"
    for one in methods.values():
        one["passed"] = None
    assert choose(methods) is None
    told = summed_up(methods)
    assert (told["method"], told["passed"]) == ("cam", None)
    assert for_reader(told)["methods"] == dict.fromkeys(methods)


def test_a_verdict_says_why() -> None:
    assert verdict("RISE", ()).startswith("Passed")
    assert "random labels" in verdict("RISE", ("labels",))
    assert "not shown" in verdict("RISE", ("labels",))
