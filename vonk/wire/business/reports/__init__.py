"""report/: numbers by dimensions, at once, as a file, or about creatives."""
