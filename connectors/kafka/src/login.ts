import type { Library } from './library.ts';
import type { Login } from './security.ts';
import type { Wire } from './wire.ts';

type SaslPlain = Library['saslPlain']['authenticate'];
type AuthenticateApi = Parameters<SaslPlain>[0];
type AuthenticateResponse = Awaited<ReturnType<SaslPlain>>;

/**
 * Logs in with SASL. Returns how long the login holds in milliseconds, 0 for as long as the connection; before that is
 * over it has to be renewed on the same connection.
 */
export async function logIn(
  library: Library,
  wire: Wire,
  login: Login,
  authenticateApi: AuthenticateApi,
): Promise<number> {
  const mechanism = login.kind === 'token' ? 'OAUTHBEARER' : login.mechanism;
  await library.saslHandshakeV1.api.async(wire.asConnection, mechanism);
  const { sessionLifetimeMs } = await authenticate(library, wire, login, authenticateApi);
  // The oldest version of the answer has none.
  return Number(sessionLifetimeMs ?? 0);
}

function authenticate(library: Library, wire: Wire, login: Login, api: AuthenticateApi): Promise<AuthenticateResponse> {
  const { saslOAuthBearer, saslPlain, saslScramSha } = library;
  const connection = wire.asConnection;
  if (login.kind === 'token') {
    return saslOAuthBearer.authenticate(api, connection, login.token, { ...login.extensions });
  }
  const { mechanism, username, password } = login;
  if (mechanism === 'PLAIN') return saslPlain.authenticate(api, connection, username, password);
  return saslScramSha.authenticate(
    api,
    connection,
    mechanism === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-512',
    username,
    password,
  );
}
