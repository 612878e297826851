"""Systems that bring their own learning, one file each, and how they open their data."""
