import pytest
import torch

from thirdeye.errors import UsageError
from thirdeye.model.build_detector import build_detector
from thirdeye.model.detectors.detection_network import Truth
from thirdeye.transform.detection.anchors import Anchors

ANCHORS = {
    "fcos_lite0": Anchors((8, 16, 32), (8.0, 16.0, 32.0)),
    "retinanet_lite0": Anchors((4, 8, 16), (10.0, 20.0, 40.0), (0.5, 1.0)),
    "faster_rcnn_lite0": Anchors((8, 16, 32, 64), (16.0, 32.0, 64.0, 128.0)),
}
SOME = Truth(torch.tensor([[5.0, 5.0, 40.0, 50.0], [60.0, 10.0, 90.0, 30.0]]), torch.tensor([1, 0]))
NOTHING = Truth(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))


@pytest.mark.parametrize("name", ANCHORS)
def test_a_detector_learns_from_windows_with_and_without_boxes(name: str) -> None:
    torch.manual_seed(0)
    network, origin = build_detector(name, ANCHORS[name], n_classes=2, width=32, weights="none")
    windows = torch.rand(2, 3, 64, 128) * 2 - 1
    optimiser = torch.optim.SGD(network.parameters(), lr=0.003)
    losses = []
    for _ in range(4):
        loss = network.loss(windows, [SOME, NOTHING])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert all(torch.isfinite(one.grad).all() for one in network.parameters() if one.grad is not None)
    assert losses[-1] < losses[0]
    assert float(network.loss(windows, [NOTHING, NOTHING]).detach()) >= 0
    assert origin.source == "random"


def test_the_encoder_begins_with_the_embedded_weights_and_is_told_apart() -> None:
    network, origin = build_detector("fcos_lite0", ANCHORS["fcos_lite0"], n_classes=1, width=64)
    assert origin.licence == "Apache-2.0"
    assert origin.sha256 is not None
    learnt = {id(one) for one in network.pretrained()}
    fresh = [name for name, one in network.named_parameters() if id(one) not in learnt]
    assert learnt
    assert fresh
    assert all(".stem." not in name and ".blocks." not in name for name in fresh)


def test_blocks_that_only_coarser_levels_need_are_left_out() -> None:
    small, _ = build_detector(
        "fcos_lite0", Anchors((4, 8), (4.0, 8.0)), n_classes=1, width=32, weights="none"
    )
    large, _ = build_detector(
        "fcos_lite0", Anchors((4, 8, 16, 32), (4.0, 8.0, 16.0, 32.0)), n_classes=1, width=32, weights="none"
    )
    assert len(small.detector.backbone.blocks) < len(large.detector.backbone.blocks)


@pytest.mark.parametrize(
    ("name", "anchors", "width", "said"),
    [
        ("yolo", ANCHORS["fcos_lite0"], 64, "no detector is called 'yolo'"),
        ("fcos_lite0", ANCHORS["fcos_lite0"], 48, "multiple of 32"),
        ("fcos_lite0", Anchors((2, 4), (2.0, 4.0)), 32, "finest level"),
    ],
)
def test_what_cannot_be_built_is_refused(name: str, anchors: Anchors, width: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        build_detector(name, anchors, n_classes=1, width=width, weights="none")
