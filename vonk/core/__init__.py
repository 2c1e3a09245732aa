"""What every part of Vonk speaks in: money, ids, instants, limits, kinds of error. Standard library and msgspec only."""
