"""How good the planning of a circle is: what the rules say of its guards and of the hours without one."""

from bhod.selectors.quality.board import quality_board
from bhod.selectors.quality.findings import Board, Finding, Section
from bhod.selectors.quality.marks import problems_of_guards

__all__ = ["Board", "Finding", "Section", "problems_of_guards", "quality_board"]
