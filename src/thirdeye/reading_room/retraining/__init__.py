"""From the room back to training: cases that may be used, cases kept for acceptance, plans of change."""
