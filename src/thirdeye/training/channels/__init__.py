"""A classical detector: windows of channels, a linear look at all of them, trees for the best."""
