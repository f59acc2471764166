-- Every span without any row of a kind that is long enough to be a gap, and since when it is evident that it is one.
SELECT kind, first_at, until_at, evident_at FROM wide_gaps
