"""What follows from the indices alone: quiet and disturbed days, storms."""
