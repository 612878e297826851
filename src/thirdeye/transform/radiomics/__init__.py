"""Measures of a region of an image or a volume, by the definitions of the IBSI: one family a file."""
