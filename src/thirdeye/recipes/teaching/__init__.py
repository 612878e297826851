"""The mathematics of the teaching recipes, as it stands on the board."""
