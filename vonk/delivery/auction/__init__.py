"""What an ad bids, who wins the slot, and what it costs: the second price, within the bid."""
