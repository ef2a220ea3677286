"""How often, when and whether at all a person is asked."""
