"""Reporting checklists (CLAIM 2024, STARD-AI, TRIPOD+AI), filled from the run and from a person's answers."""
