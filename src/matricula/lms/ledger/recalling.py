"""What rows were at a past moment."""

ROWS_AS_OF = """
SELECT DISTINCT ON (c.row_id) c.row_id, c.after
FROM change c
JOIN change_set s ON s.id = c.change_set_id
WHERE c.subject = %(subject)s
  AND c.row_id = ANY(%(row_ids)s)
  AND s.at <= %(as_of)s
ORDER BY c.row_id, s.at DESC, c.id DESC
"""
