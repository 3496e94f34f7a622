"""Where a book is kept: a private SQLite file or a PostgreSQL database, and its tables.

Ways in: `addresses` (`open_storage`), and for whoever has a `transaction`: `event_log` reads
events, `hash_chain` adds them, `projection` and `queries` keep and read what lists show, `keys`
finds what was written under a key. `migrations` make the tables.
The book comes in, and the command line for the places of files and for `passwords`; no other room
knows a database.
"""
