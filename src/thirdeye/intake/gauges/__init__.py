"""The gauges; importing one enters it."""
