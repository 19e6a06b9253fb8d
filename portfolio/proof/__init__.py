"""Branching trees over linear relaxations, and the proofs they leave behind.

multipliers   weak duality: y -> a bound, affine in right-hand sides         leaves        boxes that partition all choices
tree          the search over leaves (pseudocosts, dive, boxed: its parts)   workers       one tree, one thread or several
family        one tree for many right-hand sides                             certificate   a tree as data
verify        the exact check of that data; shares nothing with the others
short, forest, verify_zones      the same for zones of a frontier: few digits, shared parts stored once, the exact check
"""
