"""What a slot costs and what an ad is worth beside its bid: second price, usual prices, cost caps, viewers' esteem."""
