"""Importers: data sets into the graph, in atomic batches that can be run again and resumed.

A source is a module with a reader and a mapping: it yields batches (`batch.Batch`), which `engine.run_import` writes.
"""
