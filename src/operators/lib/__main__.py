"""`python3 /greenroom/lib OPERATOR`: runs one of the built-in operators."""

import sys

from greenroom.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
