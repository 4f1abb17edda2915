"""Boards: numbers that people steer by, each with the rows that it is made of."""
