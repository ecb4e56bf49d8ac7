"""Jobs: what takes longer than a request. Each has a kind, a program, and an end that says why.

A job's work is a task of the app that knows it (uploads, downloads); here is what all have in
common: that one write job at a time is at a program, that a killed worker's job goes on, that one
can be canceled and tried again, and who may see it.
"""
