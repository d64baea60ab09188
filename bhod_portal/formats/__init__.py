"""How each language of the portal writes days, times, numbers and amounts: the Belgian way, 24 hours in all four."""
