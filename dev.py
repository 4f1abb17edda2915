#!/usr/bin/env python3
"""The one command for whoever works on Ordertrail. Needs Python 3.11 or newer and a package registry, nothing else.

python3 dev.py demo                  a small company with its systems, made, synced and served on this machine
python3 dev.py test                  everything that each push must pass
python3 dev.py --help                the rest
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Ordertrail needs Python 3.11 or newer; this is %s. Start dev.py with a newer one." % sys.version.split()[0]
    )

from dev.commands import main

if __name__ == "__main__":
    sys.exit(main())
