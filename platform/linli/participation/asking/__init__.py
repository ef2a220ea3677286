"""The questions that are put to people, over all needs and organizations together."""
