"""What people see of uploads: choosing a file, its plan, the result, and undoing it."""
