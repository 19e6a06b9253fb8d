"""Search region, complete and certified frontiers, plain baselines."""
