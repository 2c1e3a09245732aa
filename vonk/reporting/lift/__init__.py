"""What a campaign adds: viewers for whom it won a slot and who saw it, against those it was kept from."""
