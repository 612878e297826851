"""Recipes: published systems as plans, and the evidence that was published for them."""
