import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { patience, provide, SinkDriver, type TempDir, tempDir } from '@millrace/testkit';
import { http } from '../src/index.ts';

let directory: TempDir;
let server: Server;
/** Server name and common name of the client's certificate of each request. */
const seen: { readonly name: string | false | null | undefined; readonly client: string | undefined }[] = [];

before(async () => {
  await provide('openssl');
  directory = await tempDir('http-tls');
  await certificate('server', 'subjectAltName=DNS:localhost');
  await certificate('client', 'subjectAltName=DNS:device');
  const options = {
    key: pem('server.key'),
    cert: pem('server.crt'),
    ca: pem('client.crt'),
    requestCert: true,
    rejectUnauthorized: false,
  };
  server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    const { CN } = socket.getPeerCertificate().subject ?? {};
    seen.push({ name: (socket as { servername?: string | false }).servername, client: Array.isArray(CN) ? CN[0] : CN });
    response.end();
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
});

after(async () => {
  server.close();
  server.closeAllConnections();
  await directory[Symbol.asyncDispose]();
});

function path(file: string): string {
  return join(directory.path, file);
}

function pem(file: string): string {
  return readFileSync(path(file), 'utf8');
}

async function certificate(name: string, extension: string): Promise<void> {
  const subject = ['-subj', `/CN=${name}`, '-addext', extension, '-days', '2'];
  const files = ['-keyout', path(`${name}.key`), '-out', path(`${name}.crt`)];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await promisify(execFile)('openssl', ['req', '-x509', ...key, ...subject, ...files]);
}

function driver(ssl: object): SinkDriver {
  const { port } = server.address() as AddressInfo;
  return new SinkDriver(http, { connector: { url: `https://localhost:${port}`, ssl }, parameters: {} });
}

test('https without more trusts every certificate, as EMQX does', async () => {
  await using sink = await driver({}).open();

  await sink.write([{ a: 1 }]);

  assert.deepEqual(seen.at(-1), { name: 'localhost', client: undefined });
});

test('a checked certificate of an unknown authority is refused with the reason', async () => {
  await using sink = driver({ verify: 'verify_peer' });

  await assert.rejects(sink.link.connect(patience()), {
    code: 'HTTP_CANNOT_CONNECT',
    message: /self-signed certificate/,
  });
});

test('a certificate that is known is taken, and our own is shown', async () => {
  const files = { cacertfile: path('server.crt'), certfile: path('client.crt'), keyfile: path('client.key') };
  await using sink = await driver({ verify: 'verify_peer', ...files }).open();

  await sink.write([{ a: 1 }]);

  assert.equal(seen.at(-1)?.client, 'client');
});

test('certificates may be given as text', async () => {
  await using sink = await driver({ verify: 'verify_peer', cacertfile: pem('server.crt') }).open();

  await sink.write([{ a: 1 }]);
});

test('a certificate for another name is refused', async () => {
  await using sink = driver({
    verify: 'verify_peer',
    cacertfile: path('server.crt'),
    server_name_indication: 'elsewhere',
  });

  await assert.rejects(sink.link.connect(patience()), { code: 'HTTP_CANNOT_CONNECT', message: /elsewhere/ });
});

test('a name is not sent when it is disabled', async () => {
  await using sink = await driver({ server_name_indication: 'disable' }).open();

  await sink.write([{ a: 1 }]);

  assert.equal(seen.at(-1)?.name, false);
});

test('only the offered protocol versions are spoken', async () => {
  await using sink = driver({ versions: ['tlsv1.1'] });

  await assert.rejects(sink.link.connect(patience()), { code: 'HTTP_CANNOT_CONNECT' });
});

test('a file that is missing is named', async () => {
  await using sink = driver({ cacertfile: path('nowhere.crt') });

  await assert.rejects(sink.link.connect(patience()), { code: 'HTTP_CANNOT_CONNECT', message: /nowhere\.crt/ });
});
