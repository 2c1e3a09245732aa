"""dmp/: custom audiences, lookalikes and saved audiences."""
