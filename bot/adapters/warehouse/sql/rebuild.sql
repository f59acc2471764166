-- The whole roll-up from the raw rows.
{refresh_span}
