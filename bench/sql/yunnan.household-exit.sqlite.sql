-- The Yunnan household standard (packs/standards/53/household-exit.yaml) for 会泽县 on 2020-06-12, by hand: constants for parameters, ages as ranges of
-- births (nobody is born after the day), a sum for each test of the members: 0 all hold it, up to a million some are unknown, above some fail it.
SELECT id,
  (CASE WHEN (net > 374700 * NULLIF(n, 0) AND food AND clothing) THEN 1 ELSE 0 END
    + CASE WHEN safe THEN 2 ELSE 0 END
    + CASE WHEN children >= 1000000 AND unexcused = 0 AND kept = 0 THEN 0 WHEN dropout = 0 AND kept = 0 THEN 4 ELSE 0 END
    + CASE WHEN uninsured = 0 THEN 8 ELSE 0 END
    + CASE WHEN unpensioned = 0 THEN 16 ELSE 0 END
    + CASE WHEN (measured OR helped) THEN 32 ELSE 0 END) AS met,
  (CASE WHEN NOT (net > 374700 * NULLIF(n, 0) AND food AND clothing) THEN 1 ELSE 0 END
    + CASE WHEN NOT safe THEN 2 ELSE 0 END
    + CASE WHEN (children = 0 OR unexcused >= 1000000 OR kept > 0) AND (dropout >= 1000000 OR kept > 0) THEN 4 ELSE 0 END
    + CASE WHEN uninsured >= 1000000 THEN 8 ELSE 0 END
    + CASE WHEN unpensioned >= 1000000 THEN 16 ELSE 0 END
    + CASE WHEN (NOT measured AND NOT vague AND NOT helped) THEN 32 ELSE 0 END) AS unmet,
  (CASE WHEN children >= 1000000 AND unexcused = 0 AND kept = 0 THEN 4 ELSE 0 END) AS exempt
FROM (
  SELECT h.id AS id, count(m.person_id) AS n,
    sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) THEN 0 WHEN (p.birth <= 20140612 AND p.birth > 20040612) THEN 1000000 ELSE 1 END) AS children,
    sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) OR coalesce(q.school_exempt, 0) THEN 0 WHEN NOT (NOT (p.birth <= 20140612 AND p.birth > 20040612) OR coalesce(q.school_exempt, 0)) THEN 1000000 ELSE 1 END) AS unexcused,
    sum(CASE WHEN coalesce(q.kept_from_further_school_by_poverty, 0) THEN 1 ELSE 0 END) AS kept,
    sum(CASE WHEN NOT (p.birth <= 20140612 AND p.birth > 20040612) OR (q.school NOT IN (1, 2, 3) OR (q.school IN (2, 3) AND p.birth > 20130612) OR coalesce(q.taught_at_home, 0) OR coalesce(q.school_exempt, 0)
        OR coalesce(q.school_leaving_reason IN (8, 9), 0)) THEN 0 WHEN NOT (NOT (p.birth <= 20140612 AND p.birth > 20040612) OR (q.school NOT IN (1, 2, 3) OR (q.school IN (2, 3) AND p.birth > 20130612) OR coalesce(q.taught_at_home, 0) OR coalesce(q.school_exempt, 0)
        OR coalesce(q.school_leaving_reason IN (8, 9), 0))) THEN 1000000 ELSE 1 END) AS dropout,
    sum(CASE WHEN (q.medical_resident OR q.medical_employee) AND (q.serious_illness_insured OR q.medical_employee) THEN 0 WHEN NOT ((q.medical_resident OR q.medical_employee) AND (q.serious_illness_insured OR q.medical_employee)) THEN 1000000 ELSE 1 END) AS uninsured,
    sum(CASE WHEN p.birth > 20040612 OR q.school NOT IN (1, 2, 3) OR q.pension_resident OR q.pension_employee THEN 0 WHEN NOT (p.birth > 20040612 OR q.school NOT IN (1, 2, 3) OR q.pension_resident OR q.pension_employee) THEN 1000000 ELSE 1 END) AS unpensioned,
    i.income_wage + i.income_business + i.income_property + i.income_transfer - i.expense_business
      - coalesce(i.income_education_grant, 0) - coalesce(i.income_yulu_grant, 0) - coalesce(i.income_temporary_relief, 0) - coalesce(i.income_condolence, 0) - coalesce(i.income_medical_reimbursement, 0) - coalesce(i.income_insurance_payout, 0) - coalesce(i.income_loan, 0) - coalesce(i.income_relocation_grant, 0) - coalesce(i.income_rebuilding_grant, 0) - coalesce(i.income_pen_grant, 0) - coalesce(i.income_project_subsidy_in_kind, 0) AS net,
    y.food_secure AS food,
    y.clothing_secure AS clothing,
    d.grade IN (1, 2) OR coalesce(coalesce(d.relocated_day, d.rebuilt_day) <= 20200612, 0) AND NOT (coalesce(d.grade IN (3, 4), 0) AND coalesce(d.appraised_day > coalesce(d.relocated_day, d.rebuilt_day), 0))
      OR coalesce(d.safe_by = 2 AND coalesce(d.relocated_day, d.rebuilt_day) IS NULL OR d.safe_by = 3 AND NOT coalesce(d.grade IN (3, 4), 0), 0) AS safe,
    y.helped AS helped,
    EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.from_day <= 20200612 AND x.kind IN (12, 9, 1, 6, 7, 18, 15, 16, 2, 3, 17)) AS measured,
    EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.kind IS NULL AND x.from_day <= 20200612) AS vague
  FROM households h
  LEFT JOIN household_years i ON i.household_id = h.id AND i.year = 2019
  LEFT JOIN household_years y ON y.household_id = h.id AND y.year = 2020
  LEFT JOIN residences r ON r.household_id = h.id AND r.from_day <= 20200612 AND (r.to_day IS NULL OR r.to_day > 20200612)
  LEFT JOIN dwellings d ON d.id = r.dwelling_id
  LEFT JOIN memberships m ON m.household_id = h.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612)
  LEFT JOIN persons p ON p.id = m.person_id
  LEFT JOIN person_years q ON q.person_id = m.person_id AND q.year = 2020
  GROUP BY h.id
)
