"""What the training side reads, always of one world."""
