"""dbt builds the tables, and what it says of that is checked."""
