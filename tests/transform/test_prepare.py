"""prepare(): properties that a reader of medical images relies on."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from thirdeye.case.image import Image
from thirdeye.errors import UsageError
from thirdeye.transform.prepare import intensity_window, prepare

SIDES = st.integers(1, 40)
INTENSITY = st.sampled_from(["full_range", "percentile"])


def image(pixels: np.ndarray, bits: int | None = None) -> Image:
    return Image(pixels, bits or {"uint8": 8, "uint16": 16}.get(str(pixels.dtype), 32), "x.png")


@st.composite
def images(draw: st.DrawFn) -> Image:
    shape: tuple[int, ...] = (draw(SIDES), draw(SIDES))
    if draw(st.booleans()):
        shape = (*shape, 3)
    dtype = draw(st.sampled_from([np.uint8, np.uint16, np.float32]))
    if dtype is np.float32:
        elements = st.floats(width=32, allow_nan=False, allow_infinity=False)
        return image(draw(hnp.arrays(dtype, shape, elements=elements)))
    return image(draw(hnp.arrays(dtype, shape)))


@settings(max_examples=150, deadline=None)
@given(images(), st.integers(1, 50), st.sampled_from(["squash", "pad"]), INTENSITY)
def test_any_image_becomes_a_uint8_square_and_always_the_same_one(
    picture: Image, size: int, resize: str, intensity: str
) -> None:
    before = picture.pixels.copy()
    first = prepare(picture, size_px=size, resize=resize, intensity=intensity)
    second = prepare(picture, size_px=size, resize=resize, intensity=intensity)
    assert first.shape == (size, size, 3)
    assert first.dtype == np.uint8
    assert first.flags.c_contiguous
    assert np.array_equal(first, second)
    assert np.array_equal(before, picture.pixels)
    if not picture.is_colour:
        assert np.array_equal(first[..., 0], first[..., 1])
        assert np.array_equal(first[..., 0], first[..., 2])


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=8, max_side=8)))
def test_eight_bits_at_the_same_size_pass_unchanged(pixels: np.ndarray) -> None:
    made = prepare(image(pixels), size_px=8, resize="squash", intensity="full_range")
    assert np.array_equal(made[..., 1], pixels)


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.uint16, (9, 9)), INTENSITY)
def test_brightness_order_is_kept(pixels: np.ndarray, intensity: str) -> None:
    made = prepare(image(pixels), size_px=9, resize="squash", intensity=intensity)[..., 0]
    order = np.argsort(pixels, axis=None, kind="stable")
    assert (np.diff(made.reshape(-1)[order].astype(int)) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(images().filter(lambda i: not i.is_colour), st.integers(2, 30), INTENSITY)
def test_mirroring_before_or_after_is_the_same(picture: Image, size: int, intensity: str) -> None:
    # From six times on, PIL first averages whole boxes counted from the left; a side that they do not divide
    # has a narrower last box, and its mirror image a narrower first one.
    assume(max(picture.height, picture.width) < 6 * size)
    mirrored = Image(np.ascontiguousarray(picture.pixels[:, ::-1]), picture.bits, picture.source)
    one = prepare(picture, size_px=size, resize="squash", intensity=intensity)[:, ::-1]
    two = prepare(mirrored, size_px=size, resize="squash", intensity=intensity)
    assert np.abs(one.astype(int) - two).max() <= 1


def test_deep_grey_is_windowed_before_it_is_quantised() -> None:
    ramp = np.tile(np.linspace(30000, 30255, 256).astype(np.uint16), (256, 1))  # one grey step in 8 bits
    made = prepare(image(ramp), size_px=256, resize="squash", intensity="percentile")
    assert len(np.unique(made)) > 200


def test_shrinking_deep_grey_keeps_fractions_until_the_end() -> None:
    pixels = np.tile(np.array([[1000, 1001]], np.uint16), (64, 32))
    pixels[0, 0], pixels[-1, -1] = 0, 4095
    made = prepare(image(pixels, 12), size_px=16, resize="squash", intensity="full_range")
    assert made[8, 8, 0] == round(1000.5 / 4095 * 255)


@pytest.mark.parametrize(("bits", "value"), [(12, 4095), (10, 1023), (16, 65535)])
def test_full_range_follows_the_meaningful_bits(bits: int, value: int) -> None:
    pixels = np.array([[0, value], [value // 2, value]], np.uint16)
    made = prepare(image(pixels, bits), size_px=2, resize="squash", intensity="full_range")[..., 0]
    assert made.tolist() == [[0, 255], [127, 255]]


def test_percentiles_of_integers_agree_with_numpy() -> None:
    pixels = np.random.default_rng(1).gamma(3, 400, (120, 90)).astype(np.uint16)
    low, high = intensity_window(image(pixels), "percentile")
    assert (low, high) == tuple(np.percentile(pixels, (0.5, 99.5), method="inverted_cdf"))


def test_percentile_window_ignores_a_hot_pixel() -> None:
    pixels = np.random.default_rng(1).integers(100, 200, (50, 50)).astype(np.uint16)
    pixels[3, 3] = 65535
    made = prepare(image(pixels), size_px=50, resize="squash", intensity="percentile")
    assert np.median(made) > 100


def test_nearly_constant_and_constant_images() -> None:
    dot = np.zeros((100, 100), np.uint8)
    dot[50, 50] = 7
    assert prepare(image(dot), size_px=100, resize="squash", intensity="percentile").max() == 255
    flat = np.full((10, 10), 3.5, np.float32)
    assert prepare(image(flat), size_px=4, resize="pad", intensity="full_range").max() == 0


def test_pad_keeps_the_aspect_ratio_and_centres() -> None:
    made = prepare(image(np.full((20, 40), 200, np.uint8)), size_px=80, resize="pad", intensity="full_range")
    lit = np.argwhere(made[..., 0] > 0)
    assert lit.min(0).tolist() == [20, 0]
    assert lit.max(0).tolist() == [59, 79]
    assert set(np.unique(made)) == {0, 200}


def test_pad_of_a_thread_keeps_at_least_one_pixel() -> None:
    made = prepare(image(np.full((1, 3000), 255, np.uint8)), size_px=32, resize="pad", intensity="full_range")
    assert made.max() == 255


def test_shrinking_is_antialiased() -> None:
    checkerboard = (np.indices((400, 400)).sum(0) % 2 * 255).astype(np.uint8)
    made = prepare(image(checkerboard), size_px=50, resize="squash", intensity="full_range")
    assert np.abs(made.astype(int) - 127).max() <= 3


def test_enlarging_is_smooth_and_close_to_an_independent_cubic() -> None:
    from scipy.ndimage import gaussian_filter

    pixels = gaussian_filter(np.random.default_rng(2).random((28, 28)) * 255, 1.5)
    pixels = ((pixels - pixels.min()) / np.ptp(pixels) * 255).astype(np.uint8)
    made = prepare(image(pixels), size_px=128, resize="squash", intensity="full_range")[..., 0]
    from skimage.transform import resize

    other = resize(pixels.astype(float), (128, 128), order=3, mode="edge", anti_aliasing=False)
    assert np.abs(made - other)[8:-8, 8:-8].mean() < 1.5


def test_colour_keeps_its_hue_under_percentiles() -> None:
    pixels = np.zeros((30, 30, 3), np.uint8)
    pixels[..., 0] = np.arange(30)[:, None] * 4
    pixels[..., 1] = np.arange(30)[:, None] * 2
    made = prepare(image(pixels), size_px=30, resize="squash", intensity="percentile").astype(int)
    assert made[..., 2].max() == 0
    middle = made[10:25, :, :]
    assert np.abs(middle[..., 0] - 2 * middle[..., 1]).max() <= 2


def test_colour_channels_are_resized_alike_in_eight_and_sixteen_bits() -> None:
    eight = np.random.default_rng(3).integers(0, 256, (60, 50, 3)).astype(np.uint8)
    sixteen = eight.astype(np.uint16) * 257
    one = prepare(image(eight), size_px=24, resize="squash", intensity="full_range")
    two = prepare(image(sixteen), size_px=24, resize="squash", intensity="full_range")
    assert np.abs(one.astype(int) - two).max() <= 1


def test_channel_order_is_red_green_blue() -> None:
    picture = PIL.Image.new("RGB", (10, 10), (250, 20, 10))
    made = prepare(image(np.asarray(picture)), size_px=5, resize="pad", intensity="full_range")
    assert made[2, 2].tolist() == [250, 20, 10]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"size_px": 0}, "not 0"), ({"resize": "crop"}, "'crop'"), ({"intensity": "clahe"}, "'clahe'")],
)
def test_wrong_arguments_are_named(wrong: dict, said: str) -> None:
    right = {"size_px": 8, "resize": "pad", "intensity": "full_range"}
    with pytest.raises(UsageError, match=said):
        prepare(image(np.zeros((4, 4), np.uint8)), **(right | wrong))
