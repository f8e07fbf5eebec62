import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importConfigText } from '../src/index.ts';
import { loadFrom, temporaryFolder } from './fixtures.ts';

const text = `actions.stream.a1 { connector = c1, parameters.topic = t }
connectors.stream.c1.hosts = h
mqtt.max_inflight = 3
`;

test('applies a text root by root, what others refer to first', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, 'mqtt.max_topic_levels = 5');

  assert.deepEqual(await importConfigText(config, text), []);

  const again = loadFrom(folder, 'mqtt.max_topic_levels = 5');
  assert.equal(again.get('mqtt').max_inflight, 3);
  assert.equal(again.get('mqtt').max_topic_levels, 5);
  assert.equal(again.get('actions.stream.a1.connector'), 'c1');
});

test('replaces whole roots when asked to', async (t) => {
  const folder = temporaryFolder(t);
  const config = loadFrom(folder, 'mqtt.max_topic_levels = 5');

  await importConfigText(config, 'mqtt.max_inflight = 3', { mode: 'replace' });

  assert.equal(loadFrom(folder, 'mqtt.max_topic_levels = 5').get('mqtt').max_topic_levels, 128);
});

test('reports each root that fails and applies the others', async (t) => {
  const config = loadFrom(temporaryFolder(t), '');

  const failures = await importConfigText(config, `${text}node.name = a@b\nretainer.enable = maybe\nnothing = 1`);

  assert.deepEqual(failures.map(({ root }) => root).sort(), ['node', 'nothing', 'retainer']);
  assert.equal(config.get('mqtt').max_inflight, 3);
  assert.deepEqual(await importConfigText(config, 'node.name = a@b', { ignoreReadOnly: true }), []);
});

test('a text that is no HOCON changes nothing', async (t) => {
  const [failure] = await importConfigText(loadFrom(temporaryFolder(t), ''), 'mqtt {');
  assert.match(failure?.error.message ?? '', /^text:1:6: /);
});
