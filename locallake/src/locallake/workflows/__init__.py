"""Step Functions: builds that are waited for, the machine's role, stops, and redrives."""
