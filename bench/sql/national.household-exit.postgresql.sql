-- The national household standard (packs/standards/national/household-exit.yaml) for 会泽县 on 2020-06-12, by hand: constants for parameters, ages as ranges of
-- births (nobody is born after the day), a sum for each test of the members: 0 all hold it, up to a million some are unknown, above some fail it.
SELECT id,
  (CASE WHEN net > 374700 * NULLIF(n, 0) THEN 1 ELSE 0 END
    + CASE WHEN food THEN 2 ELSE 0 END
    + CASE WHEN clothing THEN 4 ELSE 0 END
    + CASE WHEN children >= 1000000 AND unexcused = 0 THEN 0 WHEN dropout = 0 THEN 8 ELSE 0 END
    + CASE WHEN uninsured = 0 THEN 16 ELSE 0 END
    + CASE WHEN safe THEN 32 ELSE 0 END
    + CASE WHEN water THEN 64 ELSE 0 END)::int8 AS met,
  (CASE WHEN NOT net > 374700 * NULLIF(n, 0) THEN 1 ELSE 0 END
    + CASE WHEN NOT food THEN 2 ELSE 0 END
    + CASE WHEN NOT clothing THEN 4 ELSE 0 END
    + CASE WHEN (children = 0 OR unexcused >= 1000000) AND dropout >= 1000000 THEN 8 ELSE 0 END
    + CASE WHEN uninsured >= 1000000 THEN 16 ELSE 0 END
    + CASE WHEN NOT safe THEN 32 ELSE 0 END
    + CASE WHEN NOT water THEN 64 ELSE 0 END)::int8 AS unmet,
  (CASE WHEN children >= 1000000 AND unexcused = 0 THEN 8 ELSE 0 END)::int8 AS exempt
FROM (
  SELECT h.id, g.n, g.children, g.unexcused, g.dropout, g.uninsured,
    i.income_wage + i.income_business + i.income_property + i.income_transfer - i.expense_business
      - coalesce(i.income_education_grant, 0) - coalesce(i.income_yulu_grant, 0) - coalesce(i.income_temporary_relief, 0) - coalesce(i.income_condolence, 0) - coalesce(i.income_medical_reimbursement, 0) - coalesce(i.income_insurance_payout, 0) - coalesce(i.income_loan, 0) - coalesce(i.income_relocation_grant, 0) - coalesce(i.income_rebuilding_grant, 0) - coalesce(i.income_pen_grant, 0) - coalesce(i.income_project_subsidy_in_kind, 0) AS net,
    y.food_secure AS food,
    y.clothing_secure AS clothing,
    d.grade IN (1, 2) OR coalesce(coalesce(d.relocated_day, d.rebuilt_day) <= 20200612, FALSE) AND NOT (coalesce(d.grade IN (3, 4), FALSE) AND coalesce(d.appraised_day > coalesce(d.relocated_day, d.rebuilt_day), FALSE))
      OR coalesce(d.safe_by = 2 AND coalesce(d.relocated_day, d.rebuilt_day) IS NULL OR d.safe_by = 3 AND NOT coalesce(d.grade IN (3, 4), FALSE), FALSE) AS safe,
    CASE WHEN y.water_safe IS NOT NULL THEN y.water_safe
        ELSE (y.water_litres >= 350 OR y.water_scarce_area AND y.water_litres >= 200) AND y.water_quality_ok AND y.water_short_days <= 36
          AND (y.water_piped OR y.water_fetch_minutes <= 20 OR y.water_fetch_horizontal <= 800 OR y.water_fetch_vertical <= 80) END AS water
  FROM households h
  LEFT JOIN household_years i ON i.household_id = h.id AND i.year = 2019
  LEFT JOIN household_years y ON y.household_id = h.id AND y.year = 2020
  LEFT JOIN residences r ON r.household_id = h.id AND r.from_day <= 20200612 AND (r.to_day IS NULL OR r.to_day > 20200612)
  LEFT JOIN dwellings d ON d.id = r.dwelling_id
  LEFT JOIN (
    SELECT m.household_id, count(*) AS n,
      sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) THEN 0 WHEN (p.birth <= 20140612 AND p.birth > 20040612) THEN 1000000 ELSE 1 END) AS children,
      sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) OR coalesce(q.school_exempt, FALSE) THEN 0 WHEN NOT (NOT (p.birth <= 20140612 AND p.birth > 20040612) OR coalesce(q.school_exempt, FALSE)) THEN 1000000 ELSE 1 END) AS unexcused,
      sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) OR (q.school NOT IN (1, 2, 3) OR (q.school IN (2, 3) AND p.birth > 20130612) OR coalesce(q.taught_at_home, FALSE) OR coalesce(q.school_exempt, FALSE)
        OR coalesce(q.school_leaving_reason IN (8, 9), FALSE)) OR q.school_leaving_reason <> 1 THEN 0 WHEN NOT (NOT (p.birth <= 20140612 AND p.birth > 20040612) OR (q.school NOT IN (1, 2, 3) OR (q.school IN (2, 3) AND p.birth > 20130612) OR coalesce(q.taught_at_home, FALSE) OR coalesce(q.school_exempt, FALSE)
        OR coalesce(q.school_leaving_reason IN (8, 9), FALSE)) OR q.school_leaving_reason <> 1) THEN 1000000 ELSE 1 END) AS dropout,
      sum(CASE WHEN (q.medical_resident OR q.medical_employee) AND q.serious_illness_insured THEN 0 WHEN NOT ((q.medical_resident OR q.medical_employee) AND q.serious_illness_insured) THEN 1000000 ELSE 1 END) AS uninsured
    FROM memberships m
    JOIN persons p ON p.id = m.person_id
    LEFT JOIN person_years q ON q.person_id = m.person_id AND q.year = 2020
    WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612)
    GROUP BY m.household_id
  ) g ON g.household_id = h.id
) j
