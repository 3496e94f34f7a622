"""`python -m meso_schedule`."""

import sys

from meso_schedule.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
