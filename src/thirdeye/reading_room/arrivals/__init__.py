"""Cases come in: upload, watched folder, archive."""
