"""The checks; importing one enters it. The order is that in which findings of one severity are told."""

# isort: off
import thirdeye.intake.checks.unreadable
import thirdeye.intake.checks.constant
import thirdeye.intake.checks.few_cases
import thirdeye.intake.checks.label_conflict
import thirdeye.intake.checks.label_near
import thirdeye.intake.checks.split_patients
import thirdeye.intake.checks.split_duplicates
import thirdeye.intake.checks.split_near
import thirdeye.intake.checks.split_gaps
import thirdeye.intake.checks.series_gaps
import thirdeye.intake.checks.series_mixed
import thirdeye.intake.checks.series_positions
import thirdeye.intake.checks.series_tilt
import thirdeye.intake.checks.mask_geometry
import thirdeye.intake.checks.volume_geometry
import thirdeye.intake.checks.volume_orientation
import thirdeye.intake.checks.volume_spacing
import thirdeye.intake.checks.volume_channels
import thirdeye.intake.checks.volume_intensity
import thirdeye.intake.checks.duplicates
import thirdeye.intake.checks.near_duplicates
import thirdeye.intake.checks.patient_copies
import thirdeye.intake.checks.patients
import thirdeye.intake.checks.leftovers
import thirdeye.intake.checks.positive_class
import thirdeye.intake.checks.imbalance
import thirdeye.intake.checks.conversions
import thirdeye.intake.checks.shortcut_metadata
import thirdeye.intake.checks.shortcut_pixels
import thirdeye.intake.checks.shortcut_text
import thirdeye.intake.checks.shortcut_site
import thirdeye.intake.checks.signal_format
import thirdeye.intake.checks.signal_quality  # noqa: F401
