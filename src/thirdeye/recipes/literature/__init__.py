"""The published evidence: the 25 studies of the 2019 review as data."""
