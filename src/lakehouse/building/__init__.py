"""dbt builds the tables; what it says of that is checked, and told in few lines."""
