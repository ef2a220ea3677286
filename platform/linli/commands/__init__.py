"""What an operator types: one small module for each subject, gathered in linli.cli."""
