"""How an ad stands among other advertisers' ads of its kind: a rank of tenths, where enough advertisers are compared."""
