"""What was done in a division, for who checks it."""
