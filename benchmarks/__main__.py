"""`make bench`: every benchmark there is, one after the other."""

from benchmarks.loading import main

main()
