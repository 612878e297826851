"""Similar cases: how likeness is chosen on development cases, which cases are kept, how well it finds."""
