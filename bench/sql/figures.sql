-- The counted figures of the catalogue for every village of a county, by hand: what bench/figures is held against. Columns are named as the figures; _high
-- is the sure and unknown. The work date is 2020-06-12.
-- household 2020-06-12
WITH m AS (
  SELECT m.household_id, count(*) AS n,
    count(*) FILTER (WHERE y.medical_resident OR y.medical_employee) AS medical, count(*) FILTER (WHERE (y.medical_resident OR y.medical_employee) IS NOT FALSE) AS medical_high,
    count(*) FILTER (WHERE y.pension_resident OR y.pension_employee) AS pension, count(*) FILTER (WHERE (y.pension_resident OR y.pension_employee) IS NOT FALSE) AS pension_high,
    count(*) FILTER (WHERE y.subsistence_allowance) AS subsistence, count(*) FILTER (WHERE y.subsistence_allowance IS NOT FALSE) AS subsistence_high,
    count(*) FILTER (WHERE y.labour IN (1, 2, 3)) AS labour, count(*) FILTER (WHERE (y.labour IN (1, 2, 3)) IS NOT FALSE) AS labour_high,
    count(*) FILTER (WHERE y.work_months > 0) AS working, count(*) FILTER (WHERE (y.work_months > 0) IS NOT FALSE) AS working_high
  FROM memberships m LEFT JOIN person_years y ON y.person_id = m.person_id AND y.year = 2020
  WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY m.household_id
), h AS (
  SELECT h.area_code, s.kind, s.kind IN (2, 3, 4, 5) AS registered, s.exit_year, m.*, h.accompanying_mover AS mover,
    d.grade IN (1, 2) OR (coalesce(d.relocated_day, d.rebuilt_day) IS NOT NULL AND coalesce(d.relocated_day, d.rebuilt_day) <= 20200612
      AND NOT (d.grade IS NOT NULL AND d.grade IN (3, 4) AND d.appraised_day IS NOT NULL AND d.appraised_day > coalesce(d.relocated_day, d.rebuilt_day)))
      OR (d.safe_by IS NOT NULL AND ((d.safe_by = 2 AND coalesce(d.relocated_day, d.rebuilt_day) IS NULL) OR (d.safe_by = 3 AND NOT (d.grade IS NOT NULL AND d.grade IN (3, 4))))) AS safe,
    y.dilapidated OR (d.grade IN (3, 4) AND NOT (coalesce(d.relocated_day, d.rebuilt_day) IS NOT NULL AND coalesce(d.relocated_day, d.rebuilt_day) <= 20200612
      AND NOT (d.grade IS NOT NULL AND d.appraised_day IS NOT NULL AND d.appraised_day > coalesce(d.relocated_day, d.rebuilt_day)))) AS dangerous,
    d.rebuilt_day, y.water_safe, y.water_piped, g.from_day AS monitored, g.kind AS monitoring,
    i.income_wage + i.income_business + i.income_property + i.income_transfer - coalesce(i.income_education_grant, 0) - coalesce(i.income_yulu_grant, 0)
      - coalesce(i.income_temporary_relief, 0) - coalesce(i.income_condolence, 0) - coalesce(i.income_medical_reimbursement, 0) - coalesce(i.income_insurance_payout, 0)
      - coalesce(i.income_loan, 0) - coalesce(i.income_relocation_grant, 0) - coalesce(i.income_rebuilding_grant, 0) - coalesce(i.income_pen_grant, 0)
      - coalesce(i.income_project_subsidy_in_kind, 0) - i.expense_business AS income
  FROM households h
  LEFT JOIN household_statuses s ON s.household_id = h.id AND s.from_day <= 20200612 AND (s.to_day IS NULL OR s.to_day > 20200612)
  LEFT JOIN residences r ON r.household_id = h.id AND r.from_day <= 20200612 AND (r.to_day IS NULL OR r.to_day > 20200612)
  LEFT JOIN dwellings d ON d.id = r.dwelling_id
  LEFT JOIN household_years y ON y.household_id = h.id AND y.year = 2020
  LEFT JOIN household_years i ON i.household_id = h.id AND i.year = 2019
  LEFT JOIN monitorings g ON g.household_id = h.id AND g.from_day <= 20200612 AND (g.to_day IS NULL OR g.to_day > 20200612)
  LEFT JOIN m ON m.household_id = h.id
)
SELECT h.area_code,
  count(*) FILTER (WHERE registered AND safe) AS safe_house_households, count(*) FILTER (WHERE (registered AND safe) IS NOT FALSE) AS safe_house_households_high,
  count(*) FILTER (WHERE registered AND dangerous) AS dangerous_house_households, count(*) FILTER (WHERE (registered AND dangerous) IS NOT FALSE) AS dangerous_house_households_high,
  count(*) FILTER (WHERE registered AND rebuilt_day <= 20200612) AS rebuilt_houses,
  count(*) FILTER (WHERE registered AND water_safe) AS safe_water_households, count(*) FILTER (WHERE (registered AND water_safe) IS NOT FALSE) AS safe_water_households_high,
  count(*) FILTER (WHERE registered AND water_piped) AS piped_water_households, count(*) FILTER (WHERE (registered AND water_piped) IS NOT FALSE) AS piped_water_households_high,
  sum(medical) FILTER (WHERE registered) AS medical_insured_persons, sum(medical_high) FILTER (WHERE registered IS NOT FALSE) AS medical_insured_persons_high,
  sum(pension) FILTER (WHERE registered) AS pension_insured_persons, sum(pension_high) FILTER (WHERE registered IS NOT FALSE) AS pension_insured_persons_high,
  sum(subsistence) FILTER (WHERE registered) AS subsistence_persons, sum(subsistence_high) FILTER (WHERE registered IS NOT FALSE) AS subsistence_persons_high,
  sum(labour) FILTER (WHERE registered) AS labour_persons, sum(labour_high) FILTER (WHERE registered IS NOT FALSE) AS labour_persons_high,
  sum(working) FILTER (WHERE registered) AS working_persons, sum(working_high) FILTER (WHERE registered IS NOT FALSE) AS working_persons_high,
  CASE WHEN count(*) FILTER (WHERE registered IS NOT FALSE AND income IS NULL) = 0 THEN sum(income) FILTER (WHERE registered) END AS net_income,
  count(*) FILTER (WHERE registered AND labour > 0) AS labour_households, count(*) FILTER (WHERE (registered AND labour_high > 0) IS NOT FALSE) AS labour_households_high,
  count(*) FILTER (WHERE kind IN (3, 4) AND exit_year = 2020) AS exited_this_year_households, sum(n) FILTER (WHERE kind IN (3, 4) AND exit_year = 2020) AS exited_this_year_persons,
  count(*) FILTER (WHERE kind IN (3, 4) AND exit_year = 2019) AS exited_last_year_households, sum(n) FILTER (WHERE kind IN (3, 4) AND exit_year = 2019) AS exited_last_year_persons,
  count(*) FILTER (WHERE monitored IS NOT NULL AND monitoring = 1) AS unstable_households, count(*) FILTER (WHERE monitored IS NOT NULL AND monitoring = 2) AS marginal_households,
  count(*) FILTER (WHERE kind = 6) AS removed_households, count(*) FILTER (WHERE kind = 7) AS closed_households,
  count(*) FILTER (WHERE kind = 5) AS returned_households, sum(n) FILTER (WHERE kind = 5) AS returned_persons,
  count(*) FILTER (WHERE NOT registered AND mover) AS accompanying_households, count(*) FILTER (WHERE (NOT registered AND mover) IS NOT FALSE) AS accompanying_households_high,
  sum(n) FILTER (WHERE NOT registered AND mover) AS accompanying_persons, sum(n) FILTER (WHERE (NOT registered AND mover) IS NOT FALSE) AS accompanying_persons_high
FROM h GROUP BY h.area_code;
-- household 2019-12-31
SELECT h.area_code, count(*) AS remaining_households_last_year, sum((SELECT count(*) FROM memberships m WHERE m.household_id = h.id AND m.from_day <= 20191231 AND (m.to_day IS NULL OR m.to_day > 20191231))) AS remaining_persons_last_year
FROM household_statuses s JOIN households h ON h.id = s.household_id WHERE s.kind IN (2, 5) AND s.from_day <= 20191231 AND (s.to_day IS NULL OR s.to_day > 20191231) GROUP BY h.area_code;
-- household 2014-12-31
SELECT h.area_code, count(*) AS start_households, sum((SELECT count(*) FROM memberships m WHERE m.household_id = h.id AND m.from_day <= 20141231 AND (m.to_day IS NULL OR m.to_day > 20141231))) AS start_persons
FROM household_statuses s JOIN households h ON h.id = s.household_id WHERE s.kind IN (2, 5) AND s.from_day <= 20141231 AND (s.to_day IS NULL OR s.to_day > 20141231) GROUP BY h.area_code;
-- village 2020-06-12
SELECT v.code, y.rural_population AS rural_base, CASE WHEN y.poor THEN 1 ELSE 0 END AS poor_villages, CASE WHEN y.deep THEN 1 ELSE 0 END AS deep_villages, CASE WHEN y.poor AND y.exit_year IS NOT NULL THEN 1 ELSE 0 END AS exited_villages
FROM area_versions v LEFT JOIN village_years y ON y.area_id = v.area_id AND y.year = 2020
WHERE v.level = 5 AND v.code BETWEEN 530326000000 AND 530326999999 AND v.from_day <= 20200612 AND (v.to_day IS NULL OR v.to_day > 20200612);
-- measure 2020-06-12
SELECT h.area_code, count(*) FILTER (WHERE x.year = 2020) AS measures_this_year, count(*) FILTER (WHERE (x.year = 2020) IS NOT FALSE) AS measures_this_year_high
FROM measures x JOIN households h ON h.id = x.household_id GROUP BY h.area_code;
-- monitoring 2020-06-12
SELECT h.area_code, count(*) FILTER (WHERE x.eliminated_day <= 20200612) AS eliminated_episodes FROM monitorings x JOIN households h ON h.id = x.household_id GROUP BY h.area_code;
-- county 2020-06-12
SELECT v.code, y.sampled_exited_persons, y.wrongly_exited_persons, y.sampled_unregistered_persons, y.omitted_persons, y.surveyed_households, y.approving_households
FROM area_versions v LEFT JOIN county_years y ON y.area_id = v.area_id AND y.year = 2020
WHERE v.level = 3 AND v.code = 530326000000 AND v.from_day <= 20200612 AND (v.to_day IS NULL OR v.to_day > 20200612)
