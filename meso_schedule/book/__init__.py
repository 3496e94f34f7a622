"""The book of running courses: events that are only ever added to, chained, folded into states.

Way in: `book` (`Book`). `records` are what can be written, `guards` what may be written next,
`folding` what the events of a course amount to. `storage` alone opens files and databases.
What runs comes in, and the command line; the book knows a course and not how it is planned.
"""
