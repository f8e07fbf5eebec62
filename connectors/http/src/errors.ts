import { type DeliveryError, NotConnectedError, RecoverableError, UnrecoverableError } from '@millrace/contract';

/** Every error of this connector and what it means to people. */
export const HTTP_ERRORS = {
  HTTP_CANNOT_CONNECT: {
    class: 'not-connected',
    meaning: 'No connection: refused, unknown host, timeout, or TLS failed.',
  },
  HTTP_CLOSED: { class: 'not-connected', meaning: 'The connector is closed at the moment.' },
  HTTP_CONNECTION_LOST: { class: 'recoverable', meaning: 'The connection broke before the answer was complete.' },
  HTTP_TIMEOUT: { class: 'recoverable', meaning: 'No answer within `request_timeout`, or the request was given up.' },
  HTTP_BAD_ANSWER: { class: 'recoverable', meaning: 'What came back is no HTTP.' },
  HTTP_TRY_LATER: {
    class: 'recoverable',
    meaning: 'Answered with 408, 425, 429, 500, 502, 503 or 504; `Retry-After` is honoured.',
  },
  HTTP_FAILING: { class: 'recoverable', meaning: 'A status: three or more requests in a row have failed.' },
  HTTP_UNHEALTHY: { class: 'recoverable', meaning: '`health_check_path` was answered with a status of 400 or above.' },
  HTTP_NO_SECRET: {
    class: 'unhealthy-target',
    meaning: 'The file that a header value names (`file://…`) cannot be read.',
  },
  HTTP_REFUSED: {
    class: 'unrecoverable',
    meaning: 'Answered with another status outside 2xx: this request can never succeed.',
  },
  HTTP_BAD_REQUEST: { class: 'unrecoverable', meaning: 'The record makes no valid request, e.g. a space in the path.' },
} as const;

/** Statuses that speak of the moment and not of the request. EMQX retries only 429 and 503 of them, and loses the others. */
const TRY_LATER = new Set([408, 425, 429, 500, 502, 503, 504]);

const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** A connection could not be opened; `cause` has the reason. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** The error that an answer means; undefined for 2xx. */
export function answerError({ status, retryAfter }: Answer, request: string, now: number): DeliveryError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const message = `${request} was answered with status ${status}`;
  if (!TRY_LATER.has(status)) return new UnrecoverableError('HTTP_REFUSED', `${message}${advice(status)}`);
  const retryAfterMs = parseRetryAfter(retryAfter, now);
  return new RecoverableError('HTTP_TRY_LATER', message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

function advice(status: number): string {
  if (status === 401 || status === 403) return '; check the credentials in `headers`';
  if (status === 404) return '; check `url` and `path`';
  if (status === 405) return '; check `method`';
  return status >= 300 && status < 400 ? '; redirects are not followed, write the new address' : '';
}

/** Milliseconds from seconds or an HTTP date. */
function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}

/** The contract's error for what the client library threw; anything unknown is given back as it is: a bug of ours. */
export function translate(error: unknown, request: string): unknown {
  if (!(error instanceof Error)) return error;
  const options = { cause: error };
  if (error instanceof ConnectFailure) return new NotConnectedError('HTTP_CANNOT_CONNECT', error.message, options);
  const code = 'code' in error ? String(error.code) : '';
  if (isGivenUp(error, code))
    return new RecoverableError('HTTP_TIMEOUT', `${request} was not answered in time`, options);
  if (isLost(code))
    return new RecoverableError(
      'HTTP_CONNECTION_LOST',
      `the connection broke during ${request}: ${error.message}`,
      options,
    );
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError') {
    return new RecoverableError('HTTP_BAD_ANSWER', `${request} was answered with something that is no HTTP`, options);
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return closedError(options);
  if (code === 'UND_ERR_INVALID_ARG')
    return new UnrecoverableError('HTTP_BAD_REQUEST', `no valid request: ${error.message}`, options);
  return error;
}

/** The connector has no connections at the moment. */
export function closedError(options?: ErrorOptions): NotConnectedError {
  return new NotConnectedError('HTTP_CLOSED', 'the connector is closed', options);
}

function isGivenUp(error: Error, code: string): boolean {
  const isAbort = error.name === 'AbortError' || error.name === 'TimeoutError' || code === 'UND_ERR_ABORTED';
  return isAbort || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
}

function isLost(code: string): boolean {
  return ['UND_ERR_SOCKET', 'UND_ERR_INFO', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'].includes(code);
}

/**
 * True when the server closed a connection that had served an earlier request and no byte of an answer had come: the
 * usual end of an idle connection. Sending the request again at once is what the buffer would do later anyway.
 */
export function isIdleClose(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'UND_ERR_SOCKET') return false;
  const socket = 'socket' in error ? (error.socket as { readonly bytesRead?: number } | undefined) : undefined;
  return (socket?.bytesRead ?? 0) > 0;
}
