import { compile, type Input, inputOf, parse, type Statement } from '@millrace/rule-sql';
import { parseJson, stringifyJson, type Value } from '@millrace/values';
import { interpret } from '../packages/rule-sql/test/naive.ts';
import { publish, type Section } from './lib/report.ts';
import { type Contender, cpuNanoseconds, interleave } from './lib/rounds.ts';

/*
 * What does a rule cost: compiled closures beside walking the tree, and beside the JSON they work on?
 *
 *   node bench/rule-sql.ts [--save]
 *
 * The payload is a JSON object of 219 bytes. "decoded" means that the payload is an object already, so that only the
 * rule is measured. The tree walker is the yardstick of the tests, not a tuned interpreter.
 */

const ROUNDS = 9;
const PER_ROUND = 40_000;

const PAYLOAD = Buffer.from(
  JSON.stringify({
    id: '550e8400-e29b-41d4-a716-446655440000',
    ts: 1_700_000_000_000,
    temp: 23.5,
    hum: 40,
    at: '2024-01-01T00:00:00.000Z',
    tags: ['a', 'b'],
    loc: { lat: 51.123456, lon: -0.12345 },
    status: 'ok',
    msg: 'hello world hello world',
  }),
);
const COLUMNS: Readonly<Record<string, Value>> = {
  id: '0006',
  clientid: 'lock-0123',
  username: 'u',
  topic: 'x/1',
  qos: 1,
  timestamp: 1_700_000_000_000,
  payload: PAYLOAD,
};
const DECODED = { ...COLUMNS, payload: parseJson(PAYLOAD) };

const RULES = {
  simple: 'SELECT clientid, payload.temp AS t FROM "x/#" WHERE payload.temp > 20',
  'payload as it is': 'SELECT clientid, payload FROM "x/#" WHERE qos = 1',
  everything: 'SELECT * FROM "x/#"',
  'five fields, functions, two conditions':
    'SELECT clientid, payload.loc.lat AS lat, payload.loc.lon AS lon, payload.hum * 2 AS hum, upper(payload.status) AS s ' +
    'FROM "x/#" WHERE payload.status = \'ok\' AND payload.temp > 20',
};
/** Nine rules that all read the payload, with different thresholds. */
const NINE = Array.from({ length: 9 }, (_, index) => parse(RULES.simple.replace('20', String(index + 15))));

const sections: Section[] = [];
for (const [title, sql] of Object.entries(RULES)) {
  sections.push({ title: `${title}, decoded`, results: await interleave(evaluators(parse(sql)), ROUNDS) });
}
sections.push({ title: 'one message with its JSON', results: await interleave(messages(), ROUNDS) });
sections.push({ title: 'the JSON alone', results: await interleave(json(), ROUNDS) });
publish({
  name: 'rule-sql',
  question: 'What does a rule cost beside walking its tree, and beside its JSON?',
  unit: 'ns of CPU per message',
  isLessBetter: true,
  sections,
});

function evaluators(statement: Statement): Contender[] {
  const rule = compile(statement);
  const input = inputOf(DECODED);
  return [
    contender('closures', () => rule.evaluate(input, {})),
    contender('walking the tree', () => walkTree(statement, DECODED)),
  ];
}

function messages(): Contender[] {
  const rules = NINE.map((statement) => compile(statement));
  const run = (count: number) => {
    const input: Input = inputOf(COLUMNS);
    for (let index = 0; index < count; index += 1) rules[index]?.evaluate(input, {});
  };
  return [
    contender('one rule, closures', () => run(1)),
    contender('nine rules, closures', () => run(9)),
    contender('nine rules, walking the tree, payload decoded by each', () => {
      for (const statement of NINE) walkTree(statement, COLUMNS);
    }),
  ];
}

function json(): Contender[] {
  const output = { clientid: 'lock-0123', t: 23.5 };
  const text = PAYLOAD.toString();
  return [
    contender('parseJson of the payload', () => parseJson(PAYLOAD)),
    contender('JSON.parse of the payload', () => JSON.parse(text)),
    contender('stringifyJson of the output', () => stringifyJson(output)),
    contender('JSON.stringify of the output', () => JSON.stringify(output)),
  ];
}

function walkTree(statement: Statement, columns: Readonly<Record<string, Value>>): unknown {
  return statement.kind === 'select' ? interpret(statement, columns) : undefined;
}

function contender(name: string, work: () => unknown): Contender {
  const round = () =>
    cpuNanoseconds(PER_ROUND, () => {
      for (let count = 0; count < PER_ROUND; count += 1) work();
    });
  return { name, round };
}
