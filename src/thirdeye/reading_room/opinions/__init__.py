"""The second opinion: made in the background, sealed, and kept until the doctor has decided."""
