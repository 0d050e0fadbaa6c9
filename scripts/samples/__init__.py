"""Makes the sample night: invented letters, printed, scanned and written down."""
