"""What pytest must not import here: the seed runs inside Tryton, which is not in this environment."""

collect_ignore = ["seed.py", "seed_company.py"]
