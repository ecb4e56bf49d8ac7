"""Access: who may do what.

One table of data says it (``roles``); operations ask in their first line.
"""
