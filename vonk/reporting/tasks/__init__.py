"""Reports that are made in the background: asked for, made by a job of *work*, kept as a file for a week."""
