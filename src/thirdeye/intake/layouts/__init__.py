"""The layouts, in the order in which they are tried: what says most about the data comes first."""

from thirdeye.intake.layouts import (  # noqa: F401, I001
    archive,
    table,
    split_folders,
    patient_folders,
    class_folders,
)
