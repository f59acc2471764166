-- Every hour in [@first_hour, @end_hour).
{refresh:hours=start_hour >= @first_hour AND start_hour < @end_hour,days=start_day >= DATE(@first_day) AND start_day < DATE(@end_day),hours_of_days=TRUE}
