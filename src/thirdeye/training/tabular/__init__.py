"""Learning from a table of measurements: selection, unsupervised layers, networks of several answers."""
