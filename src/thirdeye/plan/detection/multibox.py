"""What an SSD300 is made of: values of the plan that belong to the network, not to the data.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016, sections 2.2 and 3.1; the sizes are those
of the authors' Caffe model and of torchvision's `ssd300_vgg16`.
"""

from __future__ import annotations

MULTIBOX = ("ssd300_vgg16", "ssd_lite0")
SIDE_PX = 300
STRIDES = (8, 16, 32, 64, 100, 300)
SIZES_PX = (21.0, 45.0, 99.0, 153.0, 207.0, 261.0)
RATIOS = (1.0, 2.0, 3.0)
TOLD = "of an SSD300"
