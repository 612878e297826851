"""What is fitted on held-out cases to decide by several images and by clinical variables."""
