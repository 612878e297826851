"""Pictures that show the same thing again: turned, mirrored, cropped, rescaled, saved once more."""
