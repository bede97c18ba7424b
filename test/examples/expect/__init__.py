"""Reference implementations of the example programs, one function each."""
