"""The formats; importing one enters it. The order is that in which they are asked."""

# isort: off
import thirdeye.intake.formats.dicom
import thirdeye.intake.formats.nifti
import thirdeye.intake.formats.metaimage
import thirdeye.intake.formats.nrrd
import thirdeye.intake.formats.signal_wfdb
import thirdeye.intake.formats.signal_wav
import thirdeye.intake.formats.signal_edf
import thirdeye.intake.formats.slide
import thirdeye.intake.formats.raster
import thirdeye.intake.formats.signal_csv  # noqa: F401
