"""``python -m ordertrail``."""

from ordertrail.cli import main

if __name__ == "__main__":  # reading processes import this file too
    main()
