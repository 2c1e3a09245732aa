"""What may still be spent and shown: budgets, their pace, frequency caps, and the counters behind them."""
