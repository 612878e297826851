"""Folders of DICOM: headers, what they make up, and labels that belong to it."""
