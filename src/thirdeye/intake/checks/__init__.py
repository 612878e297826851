"""The checks; importing one enters it. The order is that in which findings of one severity are told."""

# isort: off
import thirdeye.intake.checks.unreadable
import thirdeye.intake.checks.constant
import thirdeye.intake.checks.few_cases
import thirdeye.intake.checks.label_conflict
import thirdeye.intake.checks.split_patients
import thirdeye.intake.checks.split_duplicates
import thirdeye.intake.checks.split_gaps
import thirdeye.intake.checks.duplicates
import thirdeye.intake.checks.patients
import thirdeye.intake.checks.leftovers
import thirdeye.intake.checks.positive_class
import thirdeye.intake.checks.imbalance
import thirdeye.intake.checks.conversions
import thirdeye.intake.checks.shortcut_metadata
import thirdeye.intake.checks.shortcut_pixels
import thirdeye.intake.checks.shortcut_text
import thirdeye.intake.checks.shortcut_site  # noqa: F401
