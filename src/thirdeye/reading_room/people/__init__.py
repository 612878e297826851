"""Who may enter the room, and as what."""
