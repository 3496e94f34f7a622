"""`python -m meso_schedule`, and the program of this name."""

import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Until the commands are there to clean up after themselves, there is nothing to clean up.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from meso_schedule.cli.app import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
