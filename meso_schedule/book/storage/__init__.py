"""Where a book is kept: a private SQLite file or a PostgreSQL database.

Way in: `addresses` (`open_storage`). Only the book comes in.
"""
