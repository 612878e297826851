"""What goes to a journal: tables, print figures, model card, data sheet, all from the files of a study."""
