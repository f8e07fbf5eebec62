import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.ts';
import { FaultProxy } from './fault-proxy.ts';

let echo: { port: number; close(): void };
let proxy: FaultProxy;

beforeEach(async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  echo = {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  proxy = await FaultProxy.start({ target: { port: echo.port } });
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  echo.close();
});

async function open(): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(proxy.port, proxy.host);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, received: () => text };
}

test('forwards bytes both ways and counts them', async () => {
  const { socket, received } = await open();
  const closed = once(socket, 'close');

  socket.end('hello');

  await closed;
  assert.equal(received(), 'hello');
  assert.equal(proxy.counts.accepted, 1);
  assert.equal(proxy.counts.bytesToServer, 5);
  assert.equal(proxy.counts.bytesToClient, 5);
  await eventually(() => proxy.open === 0);
});

test('cut resets open connections and lets new ones in', async () => {
  const { socket } = await open();
  const failure = once(socket, 'error');
  socket.write('x');
  await eventually(() => proxy.counts.bytesToClient === 1);

  proxy.cut();

  const [error] = (await failure) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  const again = await open();
  again.socket.write('back');
  await eventually(() => again.received() === 'back');
  again.socket.destroy();
});

test('a stall in one direction holds the bytes back until it is over', async () => {
  const { socket, received } = await open();
  await proxy.set({ kind: 'stall', direction: 'to-client' });

  socket.write('held');
  await eventually(() => proxy.counts.bytesToServer === 4);
  await sleep(30);
  assert.equal(received(), '');

  await proxy.set({ kind: 'pass' });
  await eventually(() => received() === 'held');
  socket.destroy();
});

test('a stalled connection can be cut', async () => {
  const { socket } = await open();
  await proxy.set({ kind: 'stall' });
  socket.write('held');
  const failure = once(socket, 'error');
  await sleep(20);

  proxy.cut();

  const [error] = (await failure) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(proxy.counts.bytesToServer, 0);
  await eventually(() => proxy.open === 0);
});

test('half-open accepts connections and swallows what they send', async () => {
  await proxy.set({ kind: 'half-open' });
  const { socket, received } = await open();

  socket.write('lost');
  await sleep(50);

  assert.equal(received(), '');
  assert.equal(proxy.counts.bytesToServer, 0);
  socket.destroy();
});

test('refuse closes the port and a later pass opens the same one', async () => {
  const port = proxy.port;
  await proxy.takeDown();
  const refused = connect(port, proxy.host);
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');

  await proxy.set({ kind: 'pass' });

  assert.equal(proxy.port, port);
  const { socket, received } = await open();
  socket.write('again');
  await eventually(() => received() === 'again');
  socket.destroy();
});

test('slow delays each piece and keeps the order', async () => {
  await proxy.set({ kind: 'slow', delayMs: 5 });
  const { socket, received } = await open();

  for (const piece of ['a', 'b', 'c']) {
    socket.write(piece);
    await sleep(2);
  }

  await eventually(() => received() === 'abc');
  socket.destroy();
});
