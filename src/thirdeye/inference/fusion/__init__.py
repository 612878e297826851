"""Cases of several images, clinical variables and taxonomies at reading; numpy only."""
