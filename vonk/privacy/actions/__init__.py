"""What is done for one person across all areas."""
