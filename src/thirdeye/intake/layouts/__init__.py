"""The layouts, in the order in which they are tried: what says most about the data comes first."""

from thirdeye.intake.layouts import archive, table, split_folders, class_folders  # noqa: F401, I001
