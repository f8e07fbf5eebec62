import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import { readSecret, type TlsOptions } from '@millrace/contract';
import type { Authentication } from './config.ts';
import { OAuthTokens } from './oauth.ts';

/** What a connection needs to log in. Secrets are functions: they are read for each login, so that they can rotate. */
export type Login =
  | {
      readonly kind: 'password';
      readonly mechanism: PasswordMechanism;
      readonly username: string;
      readonly password: () => string;
    }
  | {
      readonly kind: 'token';
      readonly token: () => Promise<string>;
      readonly extensions: Readonly<Record<string, string>>;
    };

export type PasswordMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

const MECHANISMS = { plain: 'PLAIN', scram_sha_256: 'SCRAM-SHA-256', scram_sha_512: 'SCRAM-SHA-512' } as const;

/** How connections log in; undefined without authentication. */
export function loginFor(authentication: Authentication): Login | undefined {
  if (authentication === 'none') return undefined;
  if (authentication.mechanism === 'oauth') {
    const tokens = new OAuthTokens(authentication);
    return { kind: 'token', token: () => tokens.get(), extensions: authentication.extensions };
  }
  const { mechanism, username, password } = authentication;
  return { kind: 'password', mechanism: MECHANISMS[mechanism], username, password: () => readSecret(password) };
}

/** Options for a TLS connection to `host`; undefined without TLS. Files are read at each call. */
export function tlsOptionsFor(ssl: TlsOptions, host: string): ConnectionOptions | undefined {
  if (!ssl.enable) return undefined;
  const name = ssl.server_name_indication ?? 'auto';
  const servername = name === 'auto' ? host : name === 'disable' ? '' : name;
  const ciphers = typeof ssl.ciphers === 'string' ? ssl.ciphers : ssl.ciphers.join(':');
  return {
    rejectUnauthorized: ssl.verify === 'verify_peer',
    // An address is no name that SNI could carry; the certificate is checked against it all the same.
    ...(isIP(servername) === 0 && { servername }),
    ...(name === 'disable' && { checkServerIdentity: () => undefined }),
    ...authorities(ssl),
    ...(ssl.certfile !== undefined && { cert: pem(ssl.certfile) }),
    ...(ssl.keyfile !== undefined && { key: pem(ssl.keyfile) }),
    ...(ssl.password !== undefined && { passphrase: readSecret(ssl.password) }),
    ...(ciphers !== '' && { ciphers }),
    ...versions(ssl.versions),
  };
}

function authorities({ cacertfile, cacerts }: TlsOptions): ConnectionOptions {
  if (cacertfile === undefined) return {};
  return { ca: cacerts ? [...rootCertificates, pem(cacertfile)] : pem(cacertfile) };
}

function pem(pathOrText: string): string {
  return pathOrText.includes('-----BEGIN') ? pathOrText : readFileSync(pathOrText, 'utf8');
}

const VERSIONS = { tlsv1: 'TLSv1', 'tlsv1.1': 'TLSv1.1', 'tlsv1.2': 'TLSv1.2', 'tlsv1.3': 'TLSv1.3' } as const;

function versions(names: TlsOptions['versions']): ConnectionOptions {
  const sorted = names.toSorted();
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) return {};
  return { minVersion: VERSIONS[lowest], maxVersion: VERSIONS[highest] };
}
