"""What is wrong, who has it, what was done."""
