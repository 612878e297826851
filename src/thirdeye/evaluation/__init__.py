"""Measures of diagnostic accuracy with their intervals: numpy and scipy, one family per file."""
