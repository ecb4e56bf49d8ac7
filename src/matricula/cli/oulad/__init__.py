"""The Open University Learning Analytics Dataset, replayed as if it happened here.

A *presentation* is a module offered at a time: a course run. The dataset itself is never part of
this repository; whoever replays it has its files.
"""
