"""What happens to a case, step by step; each step is one transaction with its entry in the audit."""
