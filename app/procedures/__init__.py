"""What the regulation prescribes, one package a procedure."""
