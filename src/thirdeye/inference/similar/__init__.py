"""Past cases that look alike: how likeness is measured, where the cases are kept, how they are found."""
