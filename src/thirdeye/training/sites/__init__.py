"""Networks that learn at some sites and not at others."""
