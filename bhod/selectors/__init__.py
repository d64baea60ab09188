"""What BHOD reads. Everything is scoped by the circle that the profile names, or by a world."""
