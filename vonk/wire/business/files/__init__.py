"""file/: pictures and videos of ad accounts."""
