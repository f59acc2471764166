SELECT (SELECT COUNT(*) FROM stage_added) AS added, (SELECT COUNT(*) FROM stage_replaced) AS replaced
