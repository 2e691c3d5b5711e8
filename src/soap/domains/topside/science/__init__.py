"""Methods and simulators of this subject: pure functions, arrays and datasets in and out."""
