"""What every service of ours is made of, whatever it is for.

Settings from the environment, secrets, logs, refusals; requests traced and read whole, answers
written as JSON. It knows no table and no rule.
"""
