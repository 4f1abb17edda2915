"""What every room stands on: money and quantity, numbers, refusals, bulk writes, the write gate, the clock."""
