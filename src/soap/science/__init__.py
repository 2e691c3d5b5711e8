"""Pure methods that any domain may use: arrays and numbers in, arrays out; no files, network, database or clock."""
