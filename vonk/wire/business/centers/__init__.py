"""bc/: Business Centers, their assets, people, partners and money."""
