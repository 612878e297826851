"""To and from the archive: `results`, `receiving`, `sending` and `pulling`."""
