"""What may still be spent and when: counters, dayparts, the plan of a budget and its pace."""
