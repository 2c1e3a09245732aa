"""Why an ad was shown or not: what decisions leave behind, and how they are asked about and decided again."""
