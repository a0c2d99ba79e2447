"""Play many histories: ``python -m tests.oracle --histories 1000 --seed 0``."""

from __future__ import annotations

import argparse
import sys

from tests.oracle.trial import hunt


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="of the first history")
    parser.add_argument("--length", type=int, default=40, help="moves a history")
    parser.add_argument("--stop", type=int, default=5, help="after so many differences")
    given = parser.parse_args()
    bad = 0
    for seed in range(given.seed, given.seed + given.histories):
        found = hunt(seed, given.length)
        if found is not None:
            print(found, flush=True)
            bad += 1
        if bad == given.stop:
            break
    print(f"{seed - given.seed + 1} histories, {bad} with a difference")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
