"""Signed results on their way to the archive, as DICOM."""
