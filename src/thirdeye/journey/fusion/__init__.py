"""Several images a case, clinical variables and taxonomies, from the table to the evidence."""
