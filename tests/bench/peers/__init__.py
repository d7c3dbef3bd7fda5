"""Other programs that show a run's numbers, with the same numbers in their form: LEET of W&B, and TensorBoard.

They live in an environment of their own, under ~/.cache/slt-bench (SLT_BENCH_CACHE names another place), with what
was written for them; both are made when a bench first asks, which takes some minutes.
"""
