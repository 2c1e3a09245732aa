"""What became of ads in slots, by UTC hour: won, outbid, refused and why; as the ad servers counted it."""
