"""What the answers must be, computed from the product's description alone: nothing here imports the code it checks."""
