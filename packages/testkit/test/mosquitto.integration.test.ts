import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { accepts, findCommand, Mosquitto, provide } from '@millrace/testkit';

test('mosquitto starts on a free port, serves its own client, and leaves nothing behind', async () => {
  await provide('mosquitto-clients');
  const command = (await findCommand('mosquitto_pub')) ?? '';
  const broker = await Mosquitto.start();

  await promisify(execFile)(command, ['-p', String(broker.port), '-t', 'a', '-m', 'x', '-q', '1']);
  await broker[Symbol.asyncDispose]();

  assert.equal(await accepts(broker.port), false);
});

test('an unknown service is refused with those that are known', async () => {
  await assert.rejects(provide('msoquitto'), /no service is called `msoquitto`; known are kafka, jq/);
});
