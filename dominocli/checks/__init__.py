"""Rules that hold between documents, and the findings they yield."""
