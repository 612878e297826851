"""What the evidence says of a reader, kept small where `thirdeye read` finds it."""
