"""Kill, starve and damage a book: a short run with the suite, the long one by `MESO_LONG=1`."""
