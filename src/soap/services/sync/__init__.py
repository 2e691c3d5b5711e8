"""Federation: what one archive tells another, and how one mirrors what it may see of another."""
