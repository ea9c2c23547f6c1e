"""What may be asked: the Strawberry schema and how its operations are executed."""
