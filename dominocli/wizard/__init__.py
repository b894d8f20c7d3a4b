"""The wizard: Domino's forms asked tab by tab; it returns what the user decided and writes nothing."""
