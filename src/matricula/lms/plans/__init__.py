"""Plans: what a roster would do, kept, and done exactly so or not at all; and its undoing.

A *plan* is a roster, or what is to be put back, with what is *foreseen* of each row: what would be
done with it, what is there before, and what would be after. To *apply* it is to do all of that, in
one transaction; if any row has *moved* since, nothing is done, and the plan is *stale*. An *undo*
is a plan too: of what a job, a plan or a change set has written, as far as it still stands.
"""
