"""`python -m tests.recorded` writes the record; `--dump FOLDER` all outputs in full instead."""

import argparse
import sys
from pathlib import Path

from tests.recorded.catalogue import all_cases
from tests.recorded.record import dump, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.recorded", description=__doc__)
    parser.add_argument("--dump", metavar="FOLDER", type=Path, help="a folder that is not there")
    parser.add_argument("--only", metavar="TEXT", default="", help="of names that hold this text")
    given = parser.parse_args()
    cases = [case for case in all_cases() if given.only in case.name]
    if given.dump:
        given.dump.mkdir(parents=True)
        dump(cases, given.dump.resolve())
    elif given.only:
        parser.error("--only goes with --dump: the record is whole.")
    else:
        print(f"{write(cases)} steps of {len(cases)} cases recorded.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
