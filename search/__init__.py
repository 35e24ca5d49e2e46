"""Finding and comparing platforms: no HTTP routes, no harvesting."""
