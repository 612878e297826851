"""The formats; importing one enters it. The order is that in which they are asked."""

# isort: off
import thirdeye.intake.formats.dicom
import thirdeye.intake.formats.nifti
import thirdeye.intake.formats.metaimage
import thirdeye.intake.formats.nrrd
import thirdeye.intake.formats.raster  # noqa: F401
