"""Hand-crafted features of a prepared image: one family a file, `describe` puts them together."""
