"""Reader studies in the room: the lists of `thirdeye readers design`, their order, blinding and washout."""
