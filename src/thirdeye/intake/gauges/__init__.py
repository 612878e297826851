"""The gauges; importing one enters it."""

# isort: off
import thirdeye.intake.gauges.sharpness
import thirdeye.intake.gauges.exposure
import thirdeye.intake.gauges.compression
import thirdeye.intake.gauges.frame
import thirdeye.intake.gauges.marks  # noqa: F401
