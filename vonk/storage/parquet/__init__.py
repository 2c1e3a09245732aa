"""The archive of the event log in Parquet files (decision 0015)."""
