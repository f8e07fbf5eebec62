import { writeSync } from 'node:fs';
import { ResourceManager } from '../src/index.ts';
import { counterConnector, silentLog } from './counter-connector.ts';

/*
 * Submits numbers from FIRST on until it is killed, and prints each number whose gate is open. With a target that takes
 * records when DELIVERS is `yes`, so that outcomes are written too: `d` and a number is a delivery.
 *
 *   node publisher.ts DATA_DIR FIRST DELIVERS
 */

const RECORDS_PER_TURN = 20;

const [dataDir = '', first = '1', delivers] = process.argv.slice(2);
const target = counterConnector(delivers === 'yes' ? (number) => writeSync(1, `d${number}\n`) : undefined);
const manager = new ResourceManager({ definitions: [target], node: 'n', dataDir, log: silentLog });
await manager.putConnector('counter', 'c', {});
await manager.putAction('counter', 'a', {
  connector: 'c',
  parameters: {},
  resource_opts: { buffer_seg_bytes: 16_384 },
});
const port = manager.action('counter:a')!;

for (let number = Number(first); ; ) {
  let gate = port.submit({ number }, { clientId: 'c', topic: 't' });
  for (let index = 1; index < RECORDS_PER_TURN; index++)
    gate = port.submit({ number: ++number }, { clientId: 'c', topic: 't' });
  manager.commit();
  if (gate?.isOpen === true) writeSync(1, `${number}\n`);
  number += 1;
  await new Promise((resolve) => setTimeout(resolve, 1));
}
