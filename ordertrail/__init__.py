"""Ordertrail 单迹: every order of a company, from all its systems, on one page."""

__version__ = "0.1.0"
