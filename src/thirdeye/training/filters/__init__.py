"""Where the kernels of a first layer start: at random, or from what little patches of the pictures share."""
