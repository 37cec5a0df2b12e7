"""What people see: command line and reports."""
