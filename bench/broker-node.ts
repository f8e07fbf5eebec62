/**
 * A broker alone, with default settings, for measuring from outside: `node bench/broker-node.ts [port] [setting=json]…`.
 * Prints its process id and port when it listens.
 */
import { Broker } from '@millrace/broker';

const [port = '1883', ...assignments] = process.argv.slice(2);
const mqtt = Object.fromEntries(
  assignments.map((assignment) => {
    const [name = '', value = 'null'] = assignment.split('=', 2);
    return [name, JSON.parse(value) as unknown];
  }),
);
const broker = new Broker({ node: 'bench@127.0.0.1', mqtt });
const listener = await broker.listen({ type: 'tcp', name: 'default', host: '127.0.0.1', port: Number(port) });
console.log(`pid ${process.pid} port ${listener.port}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void broker.close());
