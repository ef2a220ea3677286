"""Friends take places as one, all or none."""
