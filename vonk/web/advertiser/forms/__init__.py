"""What the ads manager asks. Rules are the areas'; their refusals appear beside the field."""
