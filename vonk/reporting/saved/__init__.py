"""Reports that are kept under a name, for oneself or for the account, and sent by e-mail when their hour comes."""
