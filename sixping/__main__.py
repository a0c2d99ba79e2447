"""``python -m sixping``."""

import sys

from sixping.cli import main

if __name__ == "__main__":
    sys.exit(main())
