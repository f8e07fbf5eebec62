import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** The peer `aedes` as a broker process: `node bench/lib/aedes-node.ts PORT`. */
const broker = await Aedes.createBroker();
createServer({ noDelay: true }, broker.handle).listen(Number(process.argv[2]), '127.0.0.1', 4096, () => {
  process.stdout.write('ready\n');
});
