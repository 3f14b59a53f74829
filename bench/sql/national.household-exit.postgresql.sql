-- The national household standard (packs/standards/national/household-exit.yaml) for 会泽县 on 2020-06-12, written by hand: constants instead of
-- parameters, ages as ranges of births, each test of a member made once.
SELECT h.id,
  CASE WHEN y.net > 374700 * m.n THEN 1 ELSE 0 END
  + CASE WHEN y.food_secure THEN 2 ELSE 0 END
  + CASE WHEN y.clothing_secure THEN 4 ELSE 0 END
  + CASE WHEN m.children = 1 AND m.excused = 1 THEN 0 WHEN m.dropout = 0 THEN 8 ELSE 0 END
  + CASE WHEN m.uninsured = 0 THEN 16 ELSE 0 END
  + CASE WHEN y.safe THEN 32 ELSE 0 END
  + CASE WHEN y.water THEN 64 ELSE 0 END AS met
