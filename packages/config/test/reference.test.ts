import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referenceMarkdown, rootSchema } from '../src/index.ts';
import { stream } from './fixtures.ts';

const page = referenceMarkdown(rootSchema([stream]));

test('every field has a row with its type, default and description', () => {
  for (const row of [
    '| `mqtt.max_packet_size` | size | `"1MB"` | Longest packet taken, at most 256MB; told to clients. |',
    '| `connectors.stream.NAME.hosts` | text | required | Servers. |',
    '| `connectors.stream.NAME.password` | secret |  | Password. |',
    '| `actions.stream.NAME.parameters.partition_strategy` | `random`, `key_dispatch` | `"random"` |  |',
    '| `retainer.delivery_rate` | rate | `"1000/s"` | Retained messages delivered. Older name: `deliver_rate`. |',
  ]) {
    assert.ok(page.includes(row), row);
  }
});

test('fields and roots without effect are left out', () => {
  assert.doesNotMatch(page, /## gateway|global_gc_interval/);
});

test('every field that is shown says what it is for', () => {
  const withoutText = page
    .split('\n')
    .filter(
      (line) => /^\| `(?!actions\.stream|connectors\.stream|sources\.stream)/.test(line) && line.endsWith('|  |'),
    );
  assert.deepEqual(withoutText, []);
});
