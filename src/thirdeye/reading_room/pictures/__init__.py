"""What the viewer is sent: a preview at once, then the values as they were stored."""
