"""Reports: files that others put into the school's folder, listed and handed out.

Nothing here makes one. A report is named ``something__YYYY-MM-DD.ext``; other files are passed
over. They are in a storage of their own, which is only read.
"""
