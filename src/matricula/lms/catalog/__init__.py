"""The catalog: programs, their curricula, and the course runs that belong to them.

It is loaded in course-discovery's shape. A course run is *in* a program if the program names it,
if the program's first active curriculum does, or if a program of that curriculum has it.
"""
