"""The layouts, in the order in which they are tried: what says most about the data comes first."""

from thirdeye.intake.layouts import archive, class_folders, masks, patient_folders, split_folders, table, unlabelled
from thirdeye.intake.layouts.layout import LAYOUTS

LAYOUTS.register("medmnist")(archive.LAYOUT)
LAYOUTS.register("masks")(masks.LAYOUT)
LAYOUTS.register("table")(table.LAYOUT)
LAYOUTS.register("split-folders")(split_folders.LAYOUT)
LAYOUTS.register("patient-folders")(patient_folders.LAYOUT)
LAYOUTS.register("class-folders")(class_folders.LAYOUT)
LAYOUTS.register("unlabelled")(unlabelled.LAYOUT)
