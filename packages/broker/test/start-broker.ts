import { Broker, type BrokerOptions } from '../src/index.ts';

/** A broker on a free loopback port; closes itself at the end of the scope. */
export async function startBroker(options: Partial<BrokerOptions> = {}) {
  const broker = new Broker({ node: 'test@127.0.0.1', ...options });
  const { port } = await broker.listen({ type: 'tcp', name: 'default', host: '127.0.0.1', port: 0 });
  return { broker, port, [Symbol.asyncDispose]: () => broker.close() };
}
