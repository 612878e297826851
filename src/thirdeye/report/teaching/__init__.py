"""Teaching: what a lecturer draws on the board, as text, as a page and as data."""
