"""What a developer runs, beside the product."""
