"""Looks: what the pages of both services share, so that they are one: frame, style, dates, charts.

One style sheet with design tokens, light and dark; no script is needed but for what is live.
"""
