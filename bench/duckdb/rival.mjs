// DuckDB in memory over the columns of the bench. Loads CSV files of a folder once, then runs the query named on each line of its input and answers with
// its CPU time (all threads of this process), wall time and counts as one line of JSON.
import { DuckDBInstance } from "@duckdb/node-api";
import { createInterface } from "node:readline";

const [folder, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads });
const db = await instance.connect();
await db.run(`SET preserve_insertion_order = true`);
await db.run(`CREATE TABLE households AS SELECT * FROM read_csv('${folder}/households.csv', header = true,
  columns = { h: 'INTEGER', income: 'INTEGER', grade: 'UTINYINT', water: 'BOOLEAN', members: 'UTINYINT' })`);
await db.run(`CREATE TABLE persons AS SELECT * FROM read_csv('${folder}/persons.csv', header = true,
  columns = { h: 'INTEGER', slot: 'UTINYINT', birth: 'INTEGER', school: 'UTINYINT', insured: 'BOOLEAN', labour: 'UTINYINT' })`);

const verdicts = `
  count(*) FILTER (income > 375000::BIGINT * n), count(*) FILTER (NOT (income > 375000::BIGINT * n)),
  count(*) FILTER (grade <= 3), count(*) FILTER (NOT (grade <= 3)),
  count(*) FILTER (education = 2), count(*) FILTER (education = 0),
  count(*) FILTER (insurance = 2), count(*) FILTER (insurance = 0),
  count(*) FILTER (water), count(*) FILTER (NOT water),
  count(*) FILTER (work = 2), count(*) FILTER (work = 0)`;
const tests = (p) => ({
  education: `(${p}birth > 20140612 OR ${p}birth <= 20040612 OR ${p}school > 0)`,
  insurance: `${p}insured`,
  work: `(${p}labour <= 2 AND ${p}birth <= 20040612)`,
});
const t = tests("");
const order = (x) => `CASE WHEN ${x} THEN 2 WHEN NOT ${x} THEN 0 ELSE 1 END::UTINYINT`;
const coalesced = (x) => `coalesce(2::UTINYINT * CAST(${x} AS UTINYINT), 1::UTINYINT)`;
const aggregated = (f) => `count(*) AS n, min(${f(t.education)}) AS education, min(${f(t.insurance)}) AS insurance, max(${f(t.work)}) AS work`;

const queries = {
  "group, then join": `SELECT ${verdicts} FROM households JOIN (SELECT h, ${aggregated(order)} FROM persons GROUP BY h) USING (h)`,
  "group with coalesce, then join": `SELECT ${verdicts} FROM households JOIN (SELECT h, ${aggregated(coalesced)} FROM persons GROUP BY h) USING (h)`,
  "group of the pre-joined table": `SELECT ${verdicts} FROM (SELECT any_value(income) AS income, any_value(grade) AS grade, any_value(water) AS water, ${aggregated(order)} FROM joined GROUP BY h)`,
  "members as lists": `SELECT ${verdicts} FROM (SELECT income, grade, water, members AS n,
      list_min(list_transform(list, lambda p: ${order(tests("p.").education)})) AS education,
      list_min(list_transform(list, lambda p: ${order("p.insured")})) AS insurance,
      list_max(list_transform(list, lambda p: ${order(tests("p.").work)})) AS work FROM listed)`,
};

// Members pivoted into fixed columns: no group at query time, at the price of a table that holds eight members and no more.
const slots = [...Array(8).keys()];
const slot = (s) => {
  const named = (x) => x.replace(/\b(birth|school|insured|labour)\b/g, `$1${s}`);
  return { education: named(t.education), insurance: named(t.insurance), work: named(t.work) };
};
const every = (name) => slots.map((s) => `(members <= ${s} OR ${slot(s)[name]})`).join(" AND ");
const some = (name) => slots.map((s) => `(members > ${s} AND ${slot(s)[name]})`).join(" OR ");
queries["eight members in columns"] = `SELECT ${verdicts.replace(/(education|insurance|work) = 2/g, "$1").replace(/(education|insurance|work) = 0/g, "NOT $1")}
  FROM (SELECT income, grade, water, members AS n, ${every("education")} AS education, ${every("insurance")} AS insurance, ${some("work")} AS work FROM wide)`;

async function prepare(name) {
  if (name === "eight members in columns")
    await db.run(`CREATE TABLE IF NOT EXISTS wide AS SELECT households.*, ${slots
      .flatMap((s) => ["birth", "school", "insured", "labour"].map((c) => `${c}${s}`))
      .join(", ")} FROM households JOIN (SELECT h, ${slots
      .flatMap((s) => ["birth", "school", "insured", "labour"].map((c) => `any_value(${c}) FILTER (slot = ${s}) AS ${c}${s}`))
      .join(", ")} FROM persons GROUP BY h) USING (h) ORDER BY h`);
  if (name === "group of the pre-joined table")
    await db.run(`CREATE TABLE IF NOT EXISTS joined AS SELECT persons.*, income, grade, water FROM persons JOIN households USING (h) ORDER BY h, slot`);
  if (name === "members as lists")
    await db.run(`CREATE TABLE IF NOT EXISTS listed AS SELECT households.*, list FROM households JOIN
      (SELECT h, list({ 'birth': birth, 'school': school, 'insured': insured, 'labour': labour } ORDER BY slot) AS list FROM persons GROUP BY h) USING (h) ORDER BY h`);
}

const version = (await db.runAndReadAll("SELECT version()")).getRows()[0][0];
console.log(JSON.stringify({ version, threads, queries: Object.keys(queries) }));
for await (const name of createInterface({ input: process.stdin })) {
  await prepare(name);
  const wall = performance.now();
  const before = process.cpuUsage();
  const counts = (await db.runAndReadAll(queries[name])).getRows()[0].map(Number);
  const cpu = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (cpu.user + cpu.system) / 1000, wall: performance.now() - wall, counts }));
}
