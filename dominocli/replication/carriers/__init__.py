"""How verbs reach another replica: one carrier a kind of location."""
