"""Images that belong together though nobody named their patient: one study, one volume, one original."""
