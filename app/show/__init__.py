"""Show: a guided tour of the simulated ocean for large screens, phones and visitors without a mouse."""
