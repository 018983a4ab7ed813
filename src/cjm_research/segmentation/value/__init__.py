"""What customers will do: purchase and spend models, contracts, churn, cohorts, the next need."""
