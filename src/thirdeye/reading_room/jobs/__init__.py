"""What is done in the background: arrivals are sorted out, opinions are made. Nothing is lost by a kill."""
