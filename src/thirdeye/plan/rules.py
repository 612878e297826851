"""From what the data are to how to train: every rule of the plan, in one file, to be read by a person.

Each rule gives a value and the reason for it. The numbers in the rules come from experiments on validation
data of three public sets; the decision note on training says what was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SIDES = (96, 112, 128, 160, 192, 224)
ENLARGEMENT = 3.5  # tiny images are worth enlarging this much: 28 px to 96, not to 64 or 128
LARGE_SIDE = 192
RESERVED_S = 30.0  # reading, first stage, traditional technique, report
RESERVED_SHARE = 0.25
ENOUGH_EPOCHS = 7  # below which a smaller square with more epochs is better
FEWEST_EPOCHS = 3  # below which fine-tuning is not begun
MOST_EPOCHS = 20
MOST_PASSES = 16_000  # images that one member sees at most: more did not help small sets
HOLDOUT_COST = 0.35  # reading an image, in units of learning from one
OFFICIAL_MINIMUM = 100  # validation cases of every class from which official validation is used as it is


@dataclass(frozen=True)
class Facts:
    """What the rules look at.

    Args:
        task, classes, positive: as in `Plan`.
        class_counts: development cases (training and validation part) of each class; with several labels a
            case counts for each of them.
        n_development: development cases.
        n_training: cases of the training part alone.
        validation_counts: cases of each class in an official validation part; empty without one.
        fewest_groups: patients (or lesions) in the class that has the fewest, development part.
        side_px: median of the images' shorter sides.
        aspect_spread: the longer side over the shorter, of the most oblong image.
        colour_share: share of the images in colour, 0 to 1.
        deep_share: share of the images with more than 8 bits.
        has_bf16: whether the processor multiplies bf16 in hardware.
        images_per_s: learning speed of the embedded network at 224 px, measured on this machine.
        budget_s: seconds that the run may take.
        seed: of everything random.
        unit: what is decided: "image", or "case" or "lesion" where one has several images.
        views: names of the views that every case shows; () where cases differ or views have no names.
        variables: clinical variables of the table that may be used without asking.
        taxonomy: as in `Plan`, where a file beside the data holds one.
    """

    task: str
    classes: tuple[str, ...]
    positive: str | None
    class_counts: Mapping[str, int]
    n_development: int
    n_training: int
    validation_counts: Mapping[str, int]
    fewest_groups: int
    side_px: float
    aspect_spread: float
    colour_share: float
    deep_share: float
    has_bf16: bool
    images_per_s: float
    budget_s: float
    seed: int
    unit: str = "image"
    views: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    taxonomy: tuple[tuple[str, str, str], ...] = ()

    @property
    def rarest_share(self) -> float:
        """Cases of the rarest class over those of the commonest."""
        counts = [count for count in self.class_counts.values() if count]
        return min(counts) / max(counts)


Decided = Mapping[str, Any]
Rule = Callable[[Facts, Decided], tuple[Any, str]]


def validation(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Official validation where it is large enough to choose and calibrate by."""
    fewest = min(facts.validation_counts.values(), default=0)
    if fewest >= OFFICIAL_MINIMUM:
        return "official", f"the validation part has at least {fewest} cases of every class"
    if facts.validation_counts:
        return "cross_fitted", (
            f"the validation part has only {fewest} cases of its rarest class, too few to choose and "
            "calibrate by: training and validation part are read crosswise, each case by a member that has "
            "not learnt from it"
        )
    return "cross_fitted", "no validation part: each case is read by the member that has not learnt from it"


def folds(facts: Facts, decided: Decided) -> tuple[int, str]:
    """Members of the ensemble."""
    if decided["validation"] == "official":
        return 3, "three members that differ by their seed: the spread is seen, and their mean is steadier"
    count = max(2, min(5, facts.fewest_groups))
    if count < 5:
        return count, f"the rarest class has only {facts.fewest_groups} patients, one fold each"
    return 5, "five members, each learning from four fifths of the development cases"


def image_size_px(facts: Facts, decided: Decided) -> tuple[int, str]:
    """As large as the images deserve and the budget allows."""
    worth = min(SIDES[-1], max(SIDES[0], ENLARGEMENT * facts.side_px))
    wanted = max(side for side in SIDES if side <= worth)
    reason = f"images are {facts.side_px:.0f} px on their shorter side"
    affordable = [
        side for side in SIDES if side <= wanted and _epochs_in_budget(facts, decided, side) >= ENOUGH_EPOCHS
    ]
    if not affordable and _epochs_in_budget(facts, decided, SIDES[0]) < FEWEST_EPOCHS:
        return wanted, f"{reason}; the time budget leaves no room for fine-tuning at any size"
    side = max(affordable, default=SIDES[0])
    if side < wanted:
        return side, f"{reason}; {wanted} px would not leave {ENOUGH_EPOCHS} epochs within the time budget"
    return side, f"{reason}, and the time budget allows it"


def resize(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Keep the aspect ratio only where it varies much."""
    if facts.aspect_spread > 1.6:
        return "pad", f"longer side up to {facts.aspect_spread:.1f} times the shorter: shapes are kept"
    return "squash", "sides are of similar length: the whole square is used"


def intensity(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Deep grey is windowed by its own percentiles."""
    if facts.deep_share > 0.5:
        return "percentile", "more than 8 bits a pixel: each image is windowed to its 0.5 to 99.5 percentile"
    return "full_range", "8 bits a pixel, taken as they are"


def architecture(facts: Facts, decided: Decided) -> tuple[str, str]:
    """The embedded backbone."""
    return "efficientnet_lite0", "comes with the installation, reads an image in milliseconds on a laptop"


def weights(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Transfer learning always: small sets are the rule."""
    if decided["architecture"] == "efficientnet_lite0":
        return "embedded", "pre-trained on natural images (ImageNet), checked by hash"
    return "hub", "this architecture's published weights come from its hub"


def augmentation(facts: Facts, decided: Decided) -> tuple[tuple[tuple[str, float], ...], str]:
    """Colour pictures have no upright position; grey ones do."""
    light = (("contrast", 0.25), ("brightness", 0.1))
    if facts.colour_share > 0.5:
        turns = (("flip_horizontal", 0.5), ("flip_vertical", 0.5), ("quarter_turn", 1.0), ("rotate", 20.0))
        chain = (*turns, ("zoom", 0.2), ("shift", 0.06), *light, ("colour", 0.15))
        return chain, "colour pictures, taken from any side: turned, mirrored, zoomed, relit"
    moves = (("flip_horizontal", 0.5), ("rotate", 15.0), ("zoom", 0.15), ("shift", 0.06))
    return (*moves, *light, ("gamma", 0.2)), (
        "grey pictures with an upright position: mirrored left to right, tilted, zoomed and relit a little"
    )


def batch_size(facts: Facts, decided: Decided) -> tuple[int, str]:
    """Small sets need many steps."""
    if facts.n_development < 1000:
        return 16, "fewer than 1,000 cases: small batches give enough steps"
    if decided["image_size_px"] >= LARGE_SIDE:
        return 16, f"from {LARGE_SIDE} px on, 32 images at once would need 4 GB of memory"
    return 32, "fits the processor's caches, and gives enough steps"


def epochs(facts: Facts, decided: Decided) -> tuple[int, str]:
    """As many as help and as the budget allows."""
    per_epoch = _learning_rows(facts, decided)
    useful = max(ENOUGH_EPOCHS, min(MOST_EPOCHS, round(MOST_PASSES / per_epoch)))
    possible = int(_epochs_in_budget(facts, decided, decided["image_size_px"]))
    if possible >= useful:
        return (
            useful,
            f"{useful * per_epoch:,} images seen by each member: more did not help sets of this size",
        )
    if possible < FEWEST_EPOCHS:
        return 0, "the time budget leaves no room for fine-tuning: the frozen features alone"
    speed = facts.images_per_s * (224 / decided["image_size_px"]) ** 2
    return possible, f"what the time budget leaves at {speed:.0f} images a second, measured on this machine"


def learning_rate(facts: Facts, decided: Decided) -> tuple[float, str]:
    """Peak rate of the head."""
    return (
        2e-3,
        "AdamW's usual rate for a fresh head; rises for a tenth of the steps, then falls by half a cosine",
    )


def backbone_rate(facts: Facts, decided: Decided) -> tuple[float, str]:
    """Pre-trained weights move more slowly."""
    if decided["weights"] == "none":
        return 1.0, "nothing is pre-trained"
    return 0.3, "pre-trained weights are moved more gently than the fresh head"


def weight_decay(facts: Facts, decided: Decided) -> tuple[float, str]:
    """AdamW's."""
    return 0.02, "mild: most of the regularisation comes from augmentation and averaging"


def optimiser(facts: Facts, decided: Decided) -> tuple[str, str]:
    """AdamW."""
    return "adamw", "needs the least tuning of its rate"


def schedule(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Warm-up and cosine."""
    return "cosine", "ends at a rate of zero whatever the number of epochs"


def label_smoothing(facts: Facts, decided: Decided) -> tuple[float, str]:
    """Labels of images are never beyond doubt."""
    return 0.05, "labels are not beyond doubt; keeps the network from extreme certainty"


def mixup(facts: Facts, decided: Decided) -> tuple[float, str]:
    """Off by default."""
    return 0.0, "did not help on validation data of the sets it was tried on"


def class_weighting(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Rare classes are drawn more often."""
    if facts.rarest_share < 0.67:
        return "sampler", f"the rarest class has {facts.rarest_share:.0%} of the commonest's cases"
    return "none", "classes are of similar size"


def precision(facts: Facts, decided: Decided) -> tuple[str, str]:
    """bf16 doubles dense convolutions and slows depthwise ones."""
    depthwise = ("efficientnet", "mobilenet", "mnasnet", "convnext")
    if any(name in decided["architecture"] for name in depthwise):
        return "fp32", "bf16 slows the training of depthwise convolutions on processors"
    if facts.has_bf16:
        return "bf16", "this processor multiplies bf16 in hardware, twice as fast for dense convolutions"
    return "fp32", "this processor has no bf16"


def averaging(facts: Facts, decided: Decided) -> tuple[float, str]:
    """Weight averaging costs nothing."""
    return 0.97, "the mean over the last thirty-odd steps is steadier than the last step"


def test_time_augmentation(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Views that augmentation made equivalent."""
    names = {name for name, _ in decided["augmentation"]}
    views = tuple(name for name in ("flip_horizontal", "flip_vertical") if name in names)
    return ("identity", *views), "views that training treats alike; kept only if better on validation data"


def calibration(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Candidates; validation data choose."""
    return (
        "none",
        "temperature",
        "platt",
        "beta",
        "isotonic",
    ), "validation data choose, the simpler on a tie"


def fusion(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """The mean of the evidence first; what is more involved has to be better on validation data."""
    if facts.unit == "image":
        return (), "each case is one image"
    if not facts.views:
        return ("mean", "noisy_or", "attention"), (
            f"a {facts.unit} may have several images: the simplest first, another only if clearly better on "
            "validation data"
        )
    early = ("early",) if len(facts.views) <= 3 and facts.colour_share < 0.05 else ()
    return ("mean", "noisy_or", "weights", "attention", *early), (
        f"every {facts.unit} shows the views {', '.join(facts.views)}: the simplest first, another only if "
        "clearly better on validation data"
    )


def variables(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Age, sex and place in the body, where the table has them."""
    if not facts.variables or facts.task == "multilabel":
        return (), "no clinical variable is used unless it is named"
    return facts.variables, (
        "known before the diagnosis by their names; used only if clearly better than the image alone on "
        "validation data"
    )


def taxonomy(facts: Facts, decided: Decided) -> tuple[tuple[tuple[str, str, str], ...], str]:
    """From the file beside the data."""
    if facts.taxonomy:
        return facts.taxonomy, "found beside the data: kinds are answered by summing up their classes"
    return (), "no taxonomy was given"


def preparation(facts: Facts, decided: Decided) -> tuple[tuple[tuple[str, float], ...], str]:
    """Nothing beyond size and grey scale."""
    return (), "images are taken as they are: a step that helps one organ or one camera harms another"


def quality(facts: Facts, decided: Decided) -> tuple[tuple[tuple[str, float], ...], str]:
    """None but the pictures as they are."""
    return (), "the test images are read as they are; name ways to be poorer to see what they cost"


def head(facts: Facts, decided: Decided) -> tuple[str, str]:
    """As it was trained."""
    return "softmax", "as it was trained: its probabilities need the least correction"


def networks(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """One architecture."""
    return (), "several networks of one architecture agree with each other enough, and take less time"


def copies(facts: Facts, decided: Decided) -> tuple[int, str]:
    """The splits give several networks already."""
    return 1, "the splits give several networks already"


def joined(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Everybody has the same say."""
    if not decided["networks"]:
        return "mean", "there is one architecture"
    return "mean", "nothing is chosen, so nothing can be chosen too favourably"


def stopping(facts: Facts, decided: Decided) -> tuple[str, str]:
    """When the validation loss has stopped falling."""
    return "loss:0.4", "no lower validation loss for two fifths of the epochs: nothing more is to come"


def points(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """The three of every study."""
    return (), "every study has Youden's point and those at 95 % sensitivity and specificity"


def joining(facts: Facts, decided: Decided) -> tuple[str, str]:
    """The networks' answer, corrected by what else is known."""
    return "logistic", "a linear model over the networks' answer: few cases are enough for it"


def tie_break(facts: Facts, decided: Decided) -> tuple[str, str]:
    """Nobody."""
    return "", "the networks decide alone"


def unlearnt(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Everything is learnt from."""
    return (), "cases as they come are learnt from: what is left out of training is not learnt"


def first_layer(facts: Facts, decided: Decided) -> tuple[str, str]:
    """As the weights say."""
    if decided["weights"] == "none":
        return "random", "kernels start at random, as in most networks"
    return "random", "the pre-trained weights bring their own first layer"


def feature_sets(facts: Facts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """None."""
    return (), "the traditional technique and its learners stand beside the network already"


def learns(facts: Facts, decided: Decided) -> tuple[str, str]:
    """The classes as they are labelled."""
    return "leaves", "the classes as they are labelled: whatever is asked can be summed up from them"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        validation,
        folds,
        architecture,
        weights,
        networks,
        copies,
        image_size_px,
        resize,
        intensity,
        augmentation,
        batch_size,
        epochs,
        learning_rate,
        backbone_rate,
        weight_decay,
        optimiser,
        schedule,
        label_smoothing,
        mixup,
        class_weighting,
        precision,
        averaging,
        test_time_augmentation,
        calibration,
        fusion,
        variables,
        taxonomy,
        preparation,
        quality,
        head,
        joining,
        learns,
        joined,
        stopping,
        points,
        tie_break,
        unlearnt,
        first_layer,
        feature_sets,
    )
}


def _learning_rows(facts: Facts, decided: Decided) -> int:
    """Cases that one member learns from."""
    if decided["validation"] == "official":
        return max(1, facts.n_training)
    return max(1, round(facts.n_development * (decided["folds"] - 1) / decided["folds"]))


def _epochs_in_budget(facts: Facts, decided: Decided, side: int) -> float:
    """Epochs of every member that fit into what the budget leaves for fine-tuning."""
    rows = _learning_rows(facts, decided)
    held_out = max(0, facts.n_development - rows)
    speed = facts.images_per_s * (224 / side) ** 2
    seconds = max(0.0, facts.budget_s * (1 - RESERVED_SHARE) - RESERVED_S)
    members = decided["folds"] * (1 + len(decided["networks"])) * decided["copies"]
    return seconds * speed / (members * (rows + HOLDOUT_COST * held_out))
