"""What exists: the types with their graph mapping, the registry, the errors, the driver and the local Neo4j."""
