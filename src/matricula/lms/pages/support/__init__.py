"""Pages of support: finding a learner, seeing why, and doing something about it."""
