"""What waits for somebody at a desk, read from the domains it waits in, and led on to where it is done."""
