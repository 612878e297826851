from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection import ssd300_vgg16

from thirdeye.errors import StageFailed, UsageError
from thirdeye.inference.detection.engine import OnnxHeads
from thirdeye.inference.detection.export import export_detector
from thirdeye.inference.detection.heads import OneLook
from thirdeye.model.architectures.ssd_vgg16 import CHANNELS, VggMaps
from thirdeye.model.build_detector import build_detector
from thirdeye.model.detectors.detection_network import Truth
from thirdeye.model.detectors.multibox import Multibox
from thirdeye.plan.detection.multibox import RATIOS, SIZES_PX, STRIDES
from thirdeye.training.detection.engine import torch_runs
from thirdeye.transform.detection.default_boxes import DefaultBoxes

SSD300 = DefaultBoxes(STRIDES, SIZES_PX, RATIOS)
SMALL = DefaultBoxes((8, 16, 32, 48, 96), (10.0, 20.0, 32.0, 48.0, 64.0))
SOME = Truth(torch.tensor([[5.0, 5.0, 40.0, 50.0], [60.0, 10.0, 90.0, 30.0]]), torch.tensor([1, 0]))
NOTHING = Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))


def test_ssd300_has_the_layers_and_parameters_of_the_paper() -> None:
    """26.3 million for the 20 classes of PASCAL VOC; torchvision's own network is the independent count."""
    with torch.device("meta"):
        network = Multibox(VggMaps(learnt=False), SSD300, n_classes=20)
        theirs = ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21)
        maps = network.detector.backbone(torch.zeros(1, 3, 300, 300))
    assert sum(p.numel() for p in network.parameters()) == 26_285_486
    assert sum(p.numel() for p in theirs.parameters()) == 26_285_486
    assert [tuple(one.shape[1:]) for one in maps.values()] == [
        (channels, grid, grid) for channels, grid in zip(CHANNELS, SSD300.grids, strict=True)
    ]


@pytest.fixture(scope="module")
def small() -> Multibox:
    torch.manual_seed(0)
    network, _ = build_detector("ssd_lite0", SMALL, n_classes=2, width=32, weights="none", seed=0)
    assert isinstance(network, Multibox)
    return network


def test_a_small_one_learns(small: Multibox) -> None:
    windows = torch.rand(2, 3, 96, 96) * 2 - 1
    optimiser, losses = torch.optim.SGD(small.parameters(), lr=0.003), []
    for _ in range(4):
        loss = small.train().loss(windows, [SOME, NOTHING])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_three_of_the_worst_negatives_to_each_positive_and_none_without(small: Multibox) -> None:
    """By hand: cross-entropy of the boxes that are met and of the three worst others for each."""
    windows = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        assert float(small.eval().loss(windows, [NOTHING])) == 0
        logits = small._heads(windows)["cls_logits"][0]
        boxes = torch.from_numpy(SMALL.boxes((96, 96)))
        met = small._met(SOME.boxes, boxes)
        target = torch.where(met >= 0, SOME.classes[met.clamp(min=0)] + 1, 0)
        each = torch.nn.functional.cross_entropy(logits, target, reduction="none")
        n = int((met >= 0).sum())
        worst = each[met < 0].topk(3 * n).values
        by_hand = (each[met >= 0].sum() + worst.sum()) / n
        deltas = small._heads(windows)["bbox_regression"][0][met >= 0]
        wanted = small.detector.box_coder.encode_single(SOME.boxes[met[met >= 0]], boxes[met >= 0])
        by_hand += torch.nn.functional.smooth_l1_loss(deltas, wanted, reduction="sum") / n
        assert float(small.loss(windows, [SOME])) == pytest.approx(float(by_hand), rel=1e-5)


def test_scores_and_boxes_are_those_that_torchvision_would_read(small: Multibox, tmp_path: Path) -> None:
    """Our decoding of the exported heads against torchvision's softmax and box coder."""
    windows = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(2)) * 2 - 1
    small.eval()
    with torch.no_grad():
        heads = small._heads(windows)
        shares = torch.softmax(heads["cls_logits"][0], dim=1)[:, 1:].numpy()
        boxes = torch.from_numpy(SMALL.boxes((96, 96)))
        places = (
            small.detector.box_coder.decode_single(heads["bbox_regression"][0], boxes).clamp(0, 96).numpy()
        )
    least = float(np.sort(shares.max(axis=1))[-60])
    files = export_detector(small, tmp_path, "member_0")
    onnx = OnnxHeads(tmp_path / files[0]["file"], threads=1).run
    for run in (torch_runs(small)[0], onnx):
        found = OneLook(run, SMALL).look(windows.numpy(), least)[0]
        at, kinds = np.nonzero(shares >= least)
        real = (places[at, 2] > places[at, 0]) & (places[at, 3] > places[at, 1])
        order = np.argsort(-shares[at, kinds][real], kind="stable")[:40]
        np.testing.assert_allclose(found.scores[:40], shares[at, kinds][real][order], atol=1e-5)
        np.testing.assert_allclose(found.boxes[:40], places[at][real][order], atol=0.05)


@pytest.mark.parametrize(
    ("name", "places", "weights", "said"),
    [
        ("ssd300_vgg16", SSD300, "embedded", "has the weights hub or none"),
        ("ssd300_vgg16", SMALL, "none", "the strides of ssd300_vgg16 are"),
        ("ssd_lite0", DefaultBoxes((16, 32, 64), (1.0, 2.0, 3.0)), "none", "begin with 8, 16 and 32"),
        ("ssd_lite0", DefaultBoxes((8, 16, 32, 300), (1.0, 2.0, 3.0, 4.0)), "none", "ask for 1"),
    ],
)
def test_what_does_not_go_together_is_refused(
    name: str, places: DefaultBoxes, weights: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        build_detector(name, places, n_classes=1, width=32, weights=weights)


def test_weights_that_cannot_be_fetched_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torchvision

    def unreachable(**kwargs: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(torchvision.models, "vgg16", unreachable)
    with pytest.raises(StageFailed, match=r"vgg16 cannot be fetched: no route"):
        VggMaps(learnt=True)
