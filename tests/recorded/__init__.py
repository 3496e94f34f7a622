"""What the program says to 500 requests and in 40 lives of books, kept as digests.

It proves that a change of the house changes nothing a user sees: exit codes, both streams and
every file, through the entry point alone. A digest is no evidence that a date is right.

`python -m tests.recorded` writes the record anew; with `--dump FOLDER` it writes every output in
full instead, so that two states of the package can be compared with `diff -r`.
"""
