"""`python3 /greenroom/lib OPERATOR`: runs one of the built-in operators; `serve` runs many, one after another."""

import sys

from greenroom.main import main
from greenroom.serve import serve

if __name__ == "__main__":
    sys.exit(serve() if sys.argv[1:] == ["serve"] else main(sys.argv[1:]))
