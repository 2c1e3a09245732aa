"""Everything that people and the platform do with switches, codes and consents."""
