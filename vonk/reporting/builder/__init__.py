"""Reports that people put together: dimensions in rows and columns, metrics, filters, a period and what it is compared with."""
