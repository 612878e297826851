"""The second opinion in words that a patient could follow, in the language of whoever looks."""
