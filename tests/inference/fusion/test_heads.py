"""Attention pooling: numpy against torch, shares, file."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from thirdeye.errors import StudyMismatch  # noqa: E402
from thirdeye.inference.fusion.heads import AttentionHead, composed, from_bytes, to_bytes  # noqa: E402


def head(seed: int = 0) -> AttentionHead:
    rng = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    return AttentionHead(
        np.array([1, 2, 4]), draw(3), draw(3, 2), draw(5, 2), draw(5), draw(5, 2), draw(5),
        draw(5), draw(4, 2), draw(4),
    )  # fmt: skip


def test_it_is_equation_9_of_the_paper() -> None:
    one, features = head(), np.random.default_rng(1).normal(size=(5, 6)).astype(np.float32)
    of_image = np.array([0, 1, 0, 0, 1])
    found = one.logits(features, of_image)
    for case in (0, 1):
        z = torch.from_numpy((features[of_image == case][:, one.columns] - one.mean) @ one.basis)
        score = torch.tanh(z @ torch.from_numpy(one.v.T) + torch.from_numpy(one.v_bias))
        score = score * torch.sigmoid(z @ torch.from_numpy(one.u.T) + torch.from_numpy(one.u_bias))
        share = torch.softmax(score @ torch.from_numpy(one.w), dim=0)
        wanted = (share[:, None] * z).sum(0) @ torch.from_numpy(one.head.T) + torch.from_numpy(one.bias)
        np.testing.assert_allclose(found[case], wanted.numpy(), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            one.attention(features, of_image)[of_image == case], share.numpy(), rtol=1e-4
        )


def test_the_order_of_the_images_does_not_matter() -> None:
    features = np.random.default_rng(2).normal(size=(4, 6)).astype(np.float32)
    zero = np.zeros(4, int)
    np.testing.assert_allclose(head().logits(features, zero), head().logits(features[::-1], zero), rtol=1e-5)


def test_heads_are_kept_in_a_file_and_nothing_else_is_read() -> None:
    again = from_bytes(to_bytes([head(0), head(1)]))
    assert len(again) == 2
    for one, other in zip((head(0), head(1)), again, strict=True):
        for name, value in vars(one).items():
            np.testing.assert_array_equal(value, getattr(other, name))
    with pytest.raises(StudyMismatch, match="damaged"):
        from_bytes(b"no archive")


def test_views_become_channels() -> None:
    views = np.stack([np.full((2, 2, 3), value, np.uint8) for value in (10, 20, 60)])
    assert composed(views)[0, 0].tolist() == [10, 20, 60]
    assert composed(views[:2])[0, 0].tolist() == [10, 20, 15]
