"""The checks, in the order in which their findings are told."""

from thirdeye.intake.checks import (  # noqa: F401, I001
    unreadable,
    constant,
    few_cases,
    label_conflict,
    split_patients,
    split_duplicates,
    split_gaps,
    duplicates,
    patients,
    leftovers,
    positive_class,
    imbalance,
    conversions,
)
