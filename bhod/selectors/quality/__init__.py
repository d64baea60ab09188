"""How good the planning of a circle is: what the rules say of its guards and of the hours without one."""

from bhod.selectors.quality.marks import problems_of_guards

__all__ = ["problems_of_guards"]
