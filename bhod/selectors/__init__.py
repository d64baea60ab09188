"""What BHOD reads. Everything is scoped by the circle that the profile names, or by a world."""

from bhod.selectors.tariffs import tariff_on, tariffs_of

__all__ = ["tariff_on", "tariffs_of"]
