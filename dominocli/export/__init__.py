"""Exports to real mail systems, and the imports beside them; both ways by one item mapping."""
