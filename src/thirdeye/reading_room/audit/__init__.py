"""Who saw and did what: a chain in which no link can be changed or taken out unnoticed."""
