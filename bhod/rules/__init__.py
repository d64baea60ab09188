"""What makes a guard one that is paid (design.md 4, BHOD 4; domain.md 1.2-1.6): pure, without database or clock.

`facts` holds what the rules need to know about many guards, `checks` asks them of one guard, `problems` says what is
wrong and how to mend it.
"""
