"""The page and the figures of the published evidence."""
