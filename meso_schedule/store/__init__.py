"""The book of running courses: events that are only ever added to, and what follows from them.

The way in is `meso_schedule.store.book.Book`.
"""
