"""How the pair of doctor and machine performs: computed from readings, opinions, decisions and outcomes."""
