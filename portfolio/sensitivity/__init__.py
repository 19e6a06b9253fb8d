"""What judgement does to the answer: designs, runs, answers."""
