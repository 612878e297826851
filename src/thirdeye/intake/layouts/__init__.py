"""The layouts, in the order in which they are tried: what says most about the data comes first."""

from thirdeye.intake.layouts import (
    archive,
    bids,
    class_folders,
    coco,
    dicom,
    masks,
    msd,
    nnunet,
    patient_folders,
    region_table,
    split_folders,
    table,
    unlabelled,
    voc,
    yolo,
)
from thirdeye.intake.layouts.layout import LAYOUTS

LAYOUTS.register("medmnist")(archive.LAYOUT)
LAYOUTS.register("coco")(coco.LAYOUT)
LAYOUTS.register("voc")(voc.LAYOUT)
LAYOUTS.register("yolo")(yolo.LAYOUT)
LAYOUTS.register("bids")(bids.LAYOUT)
LAYOUTS.register("nnunet")(nnunet.LAYOUT)
LAYOUTS.register("msd")(msd.LAYOUT)
LAYOUTS.register("masks")(masks.LAYOUT)
LAYOUTS.register("region-table")(region_table.LAYOUT)
LAYOUTS.register("dicom")(dicom.LAYOUT)
LAYOUTS.register("table")(table.LAYOUT)
LAYOUTS.register("split-folders")(split_folders.LAYOUT)
LAYOUTS.register("patient-folders")(patient_folders.LAYOUT)
LAYOUTS.register("class-folders")(class_folders.LAYOUT)
LAYOUTS.register("unlabelled")(unlabelled.LAYOUT)
