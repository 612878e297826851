"""The application: pages, guards, headers, languages."""
