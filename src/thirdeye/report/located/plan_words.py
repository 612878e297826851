"""What the decisions of a plan for masks, boxes and points are called, and what their values mean."""

from __future__ import annotations

LOCATED_FIELDS: dict[str, str] = {
    "axes": "Dimensions",
    "channels": "Channels",
    "window": "Window of intensities",
    "spacing_mm": "Spacing that the network sees (mm)",
    "longest_px": "Longest side that the network sees (pixels)",
    "corrections": "Done to each image before",
    "scales": "Squares around each place (pixels)",
    "sampling": "How patches are drawn",
    "patch": "Patch (pixels or voxels)",
    "levels": "Levels of the network",
    "width": "Width of the first level",
    "strides": "Halving between levels",
    "kernels": "Kernels",
    "supervised": "Levels with an answer of their own",
    "batch_size": "Patches per step",
    "rounds": "Rounds of training",
    "learning_rate": "Learning rate",
    "encoder_rate": "Learning rate of the encoder, relative",
    "loss": "What is learned (loss)",
    "foreground": "Patches with a structure for certain (share)",
    "turn_deg": "Turned by up to (degrees)",
    "turned_axes": "Axes turned about",
    "scale": "Scaled by up to (share)",
    "warped": "Patches turned and scaled (share)",
    "elastic": "Patches bent (spread of the moves, voxels)",
    "mirrored": "Mirrored along (axes)",
    "tone": "Strength of the changes of tone",
    "overlap": "Overlap of windows when reading",
    "tidying": "Tidying compared",
    "view_scale": "Scale at which a sliding classifier sees",
    "object_px": "Boxes around what is found (width × height, pixels)",
    "apart_px": "No second one within (pixels)",
    "apart_sides": "No second one within (sides of an object)",
    "mining": "Negatives of further rounds",
    "mining_rounds": "Rounds of negatives",
    "object_shares": "Patches that show objects, by round (share)",
    "object_reach": "Reach of an object's middle (share of its side)",
    "answers_px": "Pixels between neighbouring answers",
    "smoothing": "Smoothing of the map (shape, share of a side)",
    "technique": "Technique",
    "patch_px": "Side of a patch (pixels)",
    "positive_px": "Patches of a point: its distance from the middle at most (pixels)",
    "rings": "Rings from which other patches come (pixels)",
    "hard": "Weight of patches that are mistaken (power)",
    "assignment": "Places chosen together",
}

NETWORKS: dict[str, str] = {
    "unet": "U-Net, trained from scratch",
    "multiscale_patch": "network of squares of several sides around each place",
    "unet_lite0": "U-Net with a pre-trained encoder (EfficientNet-Lite0)",
    "heat_lite0": "network that draws heat maps of points, with a pre-trained encoder (EfficientNet-Lite0)",
    "fcos_lite0": "one-stage detector without anchors (FCOS) on a pre-trained EfficientNet-Lite0",
    "retinanet_lite0": "one-stage detector with anchors (RetinaNet) on a pre-trained EfficientNet-Lite0",
    "faster_rcnn_lite0": "two-stage detector (Faster R-CNN) on a pre-trained EfficientNet-Lite0",
    "patch_net": "small classifier that slides over the image, trained from scratch",
    "ciresan_dnn1": "classifier that slides over the image, of Ciresan et al. 2013, five convolutions",
    "ciresan_dnn2": "classifier that slides over the image, of Ciresan et al. 2013, four convolutions",
    "landmark_patches": "small classifiers that slide over the image, for points, trained from scratch",
    "vangrinsven": "classifier that slides over the image, of van Grinsven et al. 2016",
}


def network_words(name: object) -> str:
    """A network as a person says it; the name as it stands where there are no words for it."""
    return NETWORKS.get(str(name), str(name))


LOCATED_VALUES: dict[tuple[str, str], str] = {
    ("intensity", "range"): "as stored, divided by the largest value",
    ("intensity", "image"): "mean 0 and standard deviation 1 in each image",
    ("intensity", "window"): "clipped to a window, then standardised over the data",
    ("loss", "dice_cross_entropy"): "overlap (Dice) and cross-entropy together",
    ("loss", "cross_entropy"): "cross-entropy alone",
    ("sampling", "structures"): "a share of them with a structure for certain",
    ("sampling", "classes"): "as many of each class, background included",
    ("longest_px", "0"): "as stored",
    ("mining", "peaks"): "false peaks of all rounds before, beside other places",
    ("mining", "map"): "drawn by the probability map of the first round",
    ("mining", "selective"): "drawn anew by the network's own map before each round",
    ("assignment", "none"): "no, each by itself",
    ("assignment", "pairwise"): "by how each two points lie to each other",
    ("technique", "heat"): "maps of all points from the whole image",
    ("technique", "patches"): "the patch around each place is classified",
    ("apart_sides", "0.0"): "the distance in pixels counts",
    **{("architecture", name): words for name, words in NETWORKS.items()},
}

TIDYING: dict[str, str] = {
    "none": "nothing",
    "largest_piece": "largest piece kept",
    "fill_holes": "holes filled",
    "drop_small": "small pieces dropped",
}
