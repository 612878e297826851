"""Learning from whole volumes by patches: risk maps, and which of their voxels tell."""
