-- The hours in stage_hours, wherever they lie between @first_hour and @end_hour.
{refresh:hours=start_hour IN (SELECT start_hour FROM stage_hours),days=start_day IN (SELECT DATE(start_hour) FROM stage_hours),hours_of_days=DATE(start_hour) IN (SELECT DATE(start_hour) FROM stage_hours)}
