"""Tables and transactions. SQLite by default, PostgreSQL by URL; the same code for both."""
