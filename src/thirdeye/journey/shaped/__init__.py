"""Systems of another shape from data to report: the ordinary machinery around a recipe's own learning."""
