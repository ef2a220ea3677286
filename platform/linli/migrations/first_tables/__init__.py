"""What the first migration makes, domain by domain; like every migration it is never changed."""
