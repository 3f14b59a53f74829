-- The data checks in force in Huize on 2020-06-12, one statement each, as somebody would write them for this county and this day: constants where the packs
-- have law, what the day makes impossible left out. Each returns the ids of the subjects on which it fires; both engines run the same text.

-- c001-duplicate-number
SELECT p.id FROM persons p JOIN (SELECT id_index, area_code / 10000000000 AS province FROM persons WHERE id_index IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) d ON d.id_index = p.id_index AND d.province = p.area_code / 10000000000 WHERE p.id_is_placeholder = FALSE;

-- c002-number-length
SELECT p.id FROM persons p WHERE (p.document_kind IS NULL OR p.document_kind IN (1, 2)) AND p.id_length NOT IN (18, 20, 22);

-- c003-check-digit
SELECT p.id FROM persons p WHERE p.id_length = 18 AND NOT p.id_checksum_ok AND NOT p.id_is_placeholder;

-- c003-check-digit-certificate
SELECT p.id FROM persons p WHERE p.id_length IN (20, 22) AND NOT p.id_checksum_ok AND NOT p.id_is_placeholder;

-- c004-birth-year
SELECT p.id FROM persons p WHERE p.birth < 19000101 OR p.birth > 20201231;

-- c004-birth-in-number
SELECT p.id FROM persons p WHERE p.id_length IN (18, 20, 22) AND NOT p.id_is_placeholder AND p.id_birth IS NULL;

-- c005-no-number
SELECT p.id FROM persons p WHERE p.id_is_placeholder;

-- c006-sex-in-number
SELECT p.id FROM persons p WHERE NOT p.id_is_placeholder AND p.sex <> p.id_sex;

-- c006-birth-differs
SELECT p.id FROM persons p WHERE NOT p.id_is_placeholder AND p.birth <> p.id_birth;

-- c007-no-head
SELECT m.household_id AS id FROM memberships m WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY m.household_id HAVING count(*) = count(m.relation) AND sum(CASE WHEN m.relation = 1 THEN 1 ELSE 0 END) = 0;

-- c008-two-heads
SELECT m.household_id AS id FROM memberships m WHERE m.relation = 1 AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY m.household_id HAVING count(*) > 1;

-- c009-two-spouses
SELECT m.household_id AS id FROM memberships m WHERE m.relation = 2 AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY m.household_id HAVING count(*) > 1;

-- c010-spouses-same-sex
SELECT DISTINCT m.household_id AS id FROM memberships m JOIN persons p ON p.id = m.person_id JOIN memberships n ON n.household_id = m.household_id AND n.relation = 2 AND n.from_day <= 20200612 AND (n.to_day IS NULL OR n.to_day > 20200612) JOIN persons q ON q.id = n.person_id WHERE m.relation = 1 AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) AND p.sex IN (1, 2) AND q.sex = p.sex;

-- c011-relation-and-sex
SELECT p.id FROM persons p JOIN memberships m ON m.person_id = p.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) WHERE (m.relation IN (4, 5, 12, 14, 16, 8, 18, 10, 20, 23, 25, 26) AND p.sex = 1) OR (m.relation IN (3, 6, 11, 13, 15, 7, 17, 9, 19, 22, 24) AND p.sex = 2);

-- c012-relation-missing
SELECT p.id FROM persons p JOIN memberships m ON m.person_id = p.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) WHERE m.relation IS NULL;

-- c013-person-without-household
SELECT p.id FROM persons p WHERE NOT EXISTS (SELECT 1 FROM memberships m WHERE m.person_id = p.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612));

-- c013-household-without-persons
SELECT h.id FROM households h WHERE NOT EXISTS (SELECT 1 FROM memberships m WHERE m.household_id = h.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612));

-- c013-member-count
SELECT h.id FROM households h WHERE h.members_stated <> (SELECT count(*) FROM memberships m WHERE m.household_id = h.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612));

-- c014-two-member-counts
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE y.members_of_year <> h.members_stated AND (y.member_change_recorded IS NULL OR NOT y.member_change_recorded);

-- c015-ethnic-missing
SELECT p.id FROM persons p WHERE p.ethnic IS NULL;

-- c015-health-missing
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.health IS NULL;

-- c015-labour-missing
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.labour IS NULL;

-- c015-politics-not-in-list
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.politics = 14;

-- c016-parent-too-young
SELECT DISTINCT m.household_id AS id FROM memberships m JOIN persons p ON p.id = m.person_id JOIN memberships n ON n.household_id = m.household_id AND n.from_day <= 20200612 AND (n.to_day IS NULL OR n.to_day > 20200612) JOIN persons c ON c.id = n.person_id WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) AND ((m.relation = 1 AND n.relation IN (3, 4) AND p.birth + 140000 > c.birth) OR (m.relation IN (11, 12) AND n.relation = 1 AND p.birth + 140000 > c.birth));

-- c017-spouse-under-age
SELECT p.id FROM persons p JOIN memberships m ON m.person_id = p.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) WHERE m.relation = 2 AND ((p.sex = 2 AND p.birth > 20000612) OR (p.sex = 1 AND p.birth > 19980612));

-- c019-education-and-school
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.education IS NOT NULL AND y.school <> 1;

-- c037-both-medical
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.medical_resident AND y.medical_employee;

-- c045-place-and-months
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE (y.work_place IS NOT NULL) <> (coalesce(y.work_months, 0) > 0);

-- c072-net-is-not-the-sum
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2019 WHERE y.income_net_stated <> y.income_wage + y.income_business + y.income_property + y.income_transfer - y.expense_business;

-- c072-total-is-not-the-sum
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2019 WHERE y.income_total_stated <> y.income_wage + y.income_business + y.income_property + y.income_transfer;

-- c072-per-head-is-not-net
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2019 JOIN (SELECT household_id, count(*) AS n FROM memberships m WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY household_id) c ON c.household_id = h.id WHERE abs(y.income_per_head_stated * c.n - y.income_net_stated) * 2 > c.n;

-- c073-negative-production
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2019 WHERE y.income_business < y.expense_business;

-- c099-car-price
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (1) AND r.amount > 3000000);

-- c099-car
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (1) AND r.to_day IS NULL);

-- c099-large-machine
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (2) AND r.to_day IS NULL);

-- c100-town-housing
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (3) AND (r.by_relocation IS NULL OR NOT r.by_relocation) AND r.to_day IS NULL);

-- c100-shop-or-land
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (4, 5) AND r.to_day IS NULL);

-- c101-payroll-member
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (6) AND r.to_day IS NULL);

-- c101-payroll-kin
SELECT h.id FROM households h WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (6) AND r.kin IN (11, 12, 2, 3, 4) AND r.to_day IS NULL);

-- c101-village-cadre
SELECT DISTINCT m.household_id AS id FROM department_records r JOIN memberships m ON m.person_id = r.person_id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) WHERE r.kind = 7 AND (r.excused IS NULL OR NOT r.excused);

-- c102-business
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (8) AND r.active AND r.to_day IS NULL);

-- c103-big-grower
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (9, 10) AND r.to_day IS NULL);

-- c104-paper-registration
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE y.empty_registration;

-- c104-split-to-qualify
SELECT h.id FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.from_day <= 20200612 AND (s.to_day IS NULL OR s.to_day > 20200612) WHERE h.split_day / 10000 IN (s.identified_year, s.identified_year - 1);

-- c105-dead
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (11) AND r.from_day <= 20200612);

-- c105-prison-or-missing
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (12, 13) AND r.from_day <= 20200612 AND (r.to_day IS NULL OR r.to_day > 20200612));

-- c105-not-sharing
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE NOT y.shares_income;

-- c106-long-absent
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.long_absent AND (y.residence_proof IS NULL OR NOT y.residence_proof);

-- c106-study-or-pension
SELECT p.id FROM persons p WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (14, 15) AND r.to_day IS NULL);

-- c107-subsistence-on-list-only
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (16) AND r.to_day IS NULL) AND (y.subsistence_allowance IS NULL OR NOT y.subsistence_allowance);

-- c107-subsistence-recorded-only
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.subsistence_allowance AND y.compared_with & 65536 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (16) AND r.to_day IS NULL);

-- c107-destitute-on-list-only
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (17) AND r.to_day IS NULL) AND (y.destitute_support IS NULL OR NOT y.destitute_support);

-- c107-destitute-recorded-only
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.destitute_support AND y.compared_with & 131072 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (17) AND r.to_day IS NULL);

-- c107-category
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 JOIN (SELECT m.household_id FROM memberships m LEFT JOIN person_years q ON q.person_id = m.person_id AND q.year = 2020 WHERE m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612) GROUP BY m.household_id HAVING count(*) = sum(CASE WHEN q.compared_with & 65536 <> 0 AND q.compared_with & 131072 <> 0 THEN 1 ELSE 0 END)) c ON c.household_id = h.id WHERE y.category IN (2, 3) AND NOT EXISTS (SELECT 1 FROM memberships m JOIN department_records r ON r.person_id = m.person_id AND r.kind IN (16, 17) AND r.to_day IS NULL WHERE m.household_id = h.id AND m.from_day <= 20200612 AND (m.to_day IS NULL OR m.to_day > 20200612));

-- c108-school-on-list-only
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (18) AND r.to_day IS NULL) AND NOT (y.school IS NOT NULL AND y.school NOT IN (1, 2, 3));

-- c108-school-recorded-only
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE (y.school IS NOT NULL AND y.school NOT IN (1, 2, 3)) AND y.compared_with & 262144 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (18) AND r.to_day IS NULL);

-- c108-school-age-no-roll
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE p.birth <= 20140612 AND p.birth > 20040612 AND y.compared_with & 262144 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (18) AND r.to_day IS NULL);

-- c108-medical-on-list-only
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (19) AND r.to_day IS NULL) AND NOT (y.medical_resident OR y.medical_employee);

-- c108-medical-recorded-only
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE (y.medical_resident OR y.medical_employee) AND y.compared_with & 524288 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (19) AND r.to_day IS NULL);

-- c108-disability-on-list-only
SELECT p.id FROM persons p LEFT JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (20) AND r.to_day IS NULL) AND y.health & 16 = 0;

-- c108-disability-recorded-only
SELECT p.id FROM persons p JOIN person_years y ON y.person_id = p.id AND y.year = 2020 WHERE y.health & 16 <> 0 AND y.compared_with & 1048576 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.person_id = p.id AND r.kind IN (20) AND r.to_day IS NULL);

-- c108-house-on-list-only
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (21) AND r.to_day IS NULL) AND NOT y.dilapidated;

-- c108-house-recorded-only
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE y.dilapidated AND y.compared_with & 2097152 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (21) AND r.to_day IS NULL);

-- c108-loan-on-list-only
SELECT h.id FROM households h WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (22) AND r.to_day IS NULL) AND NOT EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.kind = 3 AND x.from_day <= 20200612 AND (x.to_day IS NULL OR x.to_day > 20200612));

-- c108-loan-recorded-only
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE EXISTS (SELECT 1 FROM measures x WHERE x.household_id = h.id AND x.kind = 3 AND x.from_day <= 20200612 AND (x.to_day IS NULL OR x.to_day > 20200612)) AND y.compared_with & 4194304 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (22) AND r.to_day IS NULL);

-- c108-relocation-on-list-only
SELECT h.id FROM households h WHERE EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (23) AND r.to_day IS NULL) AND NOT h.relocated;

-- c108-relocation-recorded-only
SELECT h.id FROM households h JOIN household_years y ON y.household_id = h.id AND y.year = 2020 WHERE h.relocated AND y.compared_with & 8388608 <> 0 AND NOT EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (23) AND r.to_day IS NULL);

-- c109-other-county
SELECT p.id FROM persons p JOIN (SELECT id_index FROM persons WHERE id_index IS NOT NULL GROUP BY id_index HAVING count(*) > 1 AND min(area_code / 1000000) <> max(area_code / 1000000)) d ON d.id_index = p.id_index WHERE p.id_is_placeholder = FALSE;

-- c110-change-after-exit
SELECT h.id FROM households h JOIN household_statuses s ON s.household_id = h.id AND s.from_day <= 20200612 AND (s.to_day IS NULL OR s.to_day > 20200612) WHERE s.kind IN (3, 4) AND EXISTS (SELECT 1 FROM department_records r WHERE r.household_id = h.id AND r.kind IN (24, 25, 26) AND r.from_day > s.from_day);
