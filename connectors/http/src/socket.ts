import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { readSecret, type TlsOptions } from '@millrace/contract';
import { ConnectFailure } from './errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Undefined for plain TCP. */
  readonly tls: ConnectionOptions | undefined;
}

/** Where a URL points, with the TLS files read anew. Throws {@link ConnectFailure} when one cannot be read. */
export function endpointOf(url: URL, ssl: TlsOptions): Endpoint {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'https:' || ssl.enable;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  try {
    return { host, port, tls: isTls ? tlsConnection(ssl, host) : undefined };
  } catch (error) {
    throw new ConnectFailure(`the \`ssl\` files cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Opens a connection, or throws {@link ConnectFailure}: after the timeout, or when the signal says so. */
export function openSocket({ host, port, tls }: Endpoint, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls });
    const fail = (error: unknown) => {
      settle();
      socket.destroy();
      reject(new ConnectFailure(`cannot connect to ${host}:${port}: ${reasonOf(error)}`, { cause: error }));
    };
    const abort = () => {
      fail(new Error('given up'));
    };
    const timer = setTimeout(fail, timeoutMs, new Error(`no connection within ${timeoutMs} ms`));
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail);
      // A late error of a socket that nobody uses yet must not end the process.
      socket.on('error', () => undefined);
    };
    socket.once('error', fail);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      settle();
      socket.setNoDelay(true);
      resolve(socket);
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
  });
}

function tlsConnection(ssl: TlsOptions, host: string): ConnectionOptions {
  const protocols = ssl.versions.map((version) => version.replace('tlsv', 'TLSv')).toSorted();
  const ciphers = typeof ssl.ciphers === 'string' ? ssl.ciphers : ssl.ciphers.join(':');
  return {
    rejectUnauthorized: ssl.verify === 'verify_peer',
    ALPNProtocols: ['http/1.1'],
    servername: serverName(ssl.server_name_indication, host),
    minVersion: protocols[0] as NonNullable<ConnectionOptions['minVersion']>,
    maxVersion: protocols.at(-1) as NonNullable<ConnectionOptions['maxVersion']>,
    ...(ciphers !== '' && { ciphers }),
    ...(ssl.cacertfile !== undefined && !ssl.cacerts && { ca: pem(ssl.cacertfile) }),
    ...(ssl.certfile !== undefined && { cert: pem(ssl.certfile) }),
    ...(ssl.keyfile !== undefined && { key: pem(ssl.keyfile) }),
    ...(ssl.password !== undefined && { passphrase: readSecret(ssl.password) }),
  };
}

/** An IP address is never sent as a server name (RFC 6066). */
function serverName(name: string | undefined, host: string): string {
  if (name === 'disable') return '';
  const chosen = name === undefined || name === 'auto' ? host : name;
  return /^[\d.]+$|:/.test(chosen) ? '' : chosen;
}

function pem(fileOrText: string): string | Buffer {
  return fileOrText.includes('-----BEGIN') ? fileOrText : readFileSync(fileOrText);
}

function reasonOf(error: unknown): string {
  // Several addresses of one host fail as one error without a message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
