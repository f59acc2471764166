SELECT MAX(inserted_at) AS newest FROM stage_versions
