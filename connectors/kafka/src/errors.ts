import {
  type Authority,
  NotConnectedError,
  RecoverableError,
  UnhealthyTargetError,
  UnrecoverableError,
} from '@millrace/contract';

/**
 * Every error this connector reports. Codes are public and stable.
 *
 * | code | class | when |
 * |---|---|---|
 * | KAFKA_UNREACHABLE | not connected | no bootstrap host could be reached, or all connections are gone |
 * | KAFKA_AUTHENTICATION_FAILED | not connected | the broker refused the credentials, or no token could be had |
 * | KAFKA_CONNECTION_LOST | recoverable | a connection to a broker broke or timed out with requests on it |
 * | KAFKA_NO_LEADER | recoverable | the partition has no leader that can be reached now |
 * | KAFKA_METADATA_FAILED | recoverable | the cluster did not answer about a topic in time |
 * | KAFKA_BROKER_ERROR | recoverable | the broker could not take the batch now; the message has Kafka's name for it |
 * | KAFKA_NOT_AUTHORIZED | recoverable | the account may not write to the topic |
 * | KAFKA_EARLIER_BATCH_FAILED | recoverable | an earlier batch of the partition failed, so this one waits to keep order |
 * | KAFKA_ABORTED | recoverable | the write was called off while it waited |
 * | KAFKA_TOPIC_NOT_RENDERED | final | the topic template has a missing or empty variable |
 * | KAFKA_INVALID_TOPIC | final | the rendered text is no topic name |
 * | KAFKA_UNKNOWN_TOPIC | final | the rendered topic does not exist |
 * | KAFKA_PARTITION_LOST | final | the record's partition no longer exists |
 * | KAFKA_INVALID_HEADERS | final | `kafka_headers` is neither an object nor a list of pairs |
 * | KAFKA_TOO_LARGE | final | the batch is larger than the topic allows |
 * | KAFKA_REJECTED | final | the broker refused the batch for good; the message has Kafka's name for it |
 * | KAFKA_TOPIC_NOT_FOUND | unhealthy target | the fixed topic does not exist |
 */
export type KafkaErrorCode =
  | 'KAFKA_UNREACHABLE'
  | 'KAFKA_AUTHENTICATION_FAILED'
  | 'KAFKA_CONNECTION_LOST'
  | 'KAFKA_NO_LEADER'
  | 'KAFKA_METADATA_FAILED'
  | 'KAFKA_BROKER_ERROR'
  | 'KAFKA_NOT_AUTHORIZED'
  | 'KAFKA_EARLIER_BATCH_FAILED'
  | 'KAFKA_ABORTED'
  | 'KAFKA_TOPIC_NOT_RENDERED'
  | 'KAFKA_INVALID_TOPIC'
  | 'KAFKA_UNKNOWN_TOPIC'
  | 'KAFKA_PARTITION_LOST'
  | 'KAFKA_INVALID_HEADERS'
  | 'KAFKA_TOO_LARGE'
  | 'KAFKA_REJECTED'
  | 'KAFKA_TOPIC_NOT_FOUND';

export function notConnected(code: KafkaErrorCode, message: string, cause?: unknown): NotConnectedError {
  return new NotConnectedError(code, message, { cause });
}

export function recoverable(code: KafkaErrorCode, message: string, options: RecoverableOptions = {}): RecoverableError {
  return new RecoverableError(code, message, options);
}

export interface RecoverableOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
}

export function unrecoverable(code: KafkaErrorCode, message: string): UnrecoverableError {
  return new UnrecoverableError(code, message);
}

export function unhealthyTarget(code: KafkaErrorCode, message: string): UnhealthyTargetError {
  return new UnhealthyTargetError(code, message);
}

/** The connection to one broker broke while something waited on it. */
export function connectionLost({ host, port }: Authority, cause: unknown): RecoverableError {
  return recoverable(
    'KAFKA_CONNECTION_LOST',
    `The connection to Kafka at ${host}:${port} was lost: ${reasonIn(cause)}`,
    {
      cause,
    },
  );
}

/** A broker could not be connected to. */
export function unreachable({ host, port }: Authority, cause: unknown): NotConnectedError {
  if (cause instanceof NotConnectedError) return cause;
  return notConnected(
    'KAFKA_UNREACHABLE',
    `Cannot connect to Kafka at ${host}:${port}: ${reasonIn(cause)}; check bootstrap_hosts, ssl and that the broker runs`,
    cause,
  );
}

/** A broker answered the login with no; what the token endpoint said comes first. */
export function loginRefused({ host, port }: Authority, cause: unknown): NotConnectedError {
  const ofEndpoint = causesOf(cause).find((error) => error instanceof NotConnectedError);
  return (
    ofEndpoint ??
    notConnected(
      'KAFKA_AUTHENTICATION_FAILED',
      `Kafka at ${host}:${port} refused the login: ${reasonIn(cause)}; check authentication`,
      cause,
    )
  );
}

/** What the innermost error says, which is the system's or the broker's own word. */
function reasonIn(error: unknown): string {
  const causes = causesOf(error);
  const told = causes.map(({ serverErrorMessage }) => serverErrorMessage).find((text) => typeof text === 'string');
  return told ?? causes.at(-1)?.message ?? 'connection closed';
}

interface CausedError extends Error {
  readonly code?: unknown;
  readonly serverErrorMessage?: unknown;
}

function causesOf(error: unknown): CausedError[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error.cause;
  return [error, ...causesOf(inner)];
}

/** What an error code of the protocol means for the batch that got it. */
export type Verdict =
  /** Taken. */
  | 'taken'
  /** Send it again. */
  | 'retry'
  /** Send it again, to the leader that fresh metadata names. */
  | 'moved'
  /** The account lacks a right; an operator can give it, so the batch waits. */
  | 'forbidden'
  /** The broker no longer knows this producer's sequence: start a new one, then send again. */
  | 'sequence'
  /** Too large together; each record alone may fit. */
  | 'too_large'
  /** At least one record is bad. */
  | 'rejected';

/** Kafka's names and our verdicts; a code that is not here is retried, since later brokers may add passing ones. */
const PROTOCOL: Readonly<Record<number, readonly [name: string, verdict: Verdict]>> = {
  [-1]: ['UNKNOWN_SERVER_ERROR', 'retry'],
  0: ['NONE', 'taken'],
  // Damaged on the way, or a compacted topic got a record without key; as with Java clients the batch is sent again.
  2: ['CORRUPT_MESSAGE', 'retry'],
  3: ['UNKNOWN_TOPIC_OR_PARTITION', 'moved'],
  5: ['LEADER_NOT_AVAILABLE', 'moved'],
  6: ['NOT_LEADER_OR_FOLLOWER', 'moved'],
  7: ['REQUEST_TIMED_OUT', 'retry'],
  8: ['BROKER_NOT_AVAILABLE', 'moved'],
  9: ['REPLICA_NOT_AVAILABLE', 'moved'],
  10: ['MESSAGE_TOO_LARGE', 'too_large'],
  13: ['NETWORK_EXCEPTION', 'moved'],
  17: ['INVALID_TOPIC_EXCEPTION', 'rejected'],
  18: ['RECORD_LIST_TOO_LARGE', 'too_large'],
  19: ['NOT_ENOUGH_REPLICAS', 'retry'],
  20: ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'retry'],
  21: ['INVALID_REQUIRED_ACKS', 'retry'],
  29: ['TOPIC_AUTHORIZATION_FAILED', 'forbidden'],
  31: ['CLUSTER_AUTHORIZATION_FAILED', 'forbidden'],
  32: ['INVALID_TIMESTAMP', 'rejected'],
  35: ['UNSUPPORTED_VERSION', 'retry'],
  42: ['INVALID_REQUEST', 'retry'],
  43: ['UNSUPPORTED_FOR_MESSAGE_FORMAT', 'rejected'],
  44: ['POLICY_VIOLATION', 'rejected'],
  45: ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'sequence'],
  46: ['DUPLICATE_SEQUENCE_NUMBER', 'taken'],
  47: ['INVALID_PRODUCER_EPOCH', 'sequence'],
  49: ['INVALID_PRODUCER_ID_MAPPING', 'sequence'],
  56: ['KAFKA_STORAGE_ERROR', 'moved'],
  59: ['UNKNOWN_PRODUCER_ID', 'sequence'],
  72: ['LISTENER_NOT_FOUND', 'moved'],
  74: ['FENCED_LEADER_EPOCH', 'moved'],
  76: ['UNSUPPORTED_COMPRESSION_TYPE', 'retry'],
  87: ['INVALID_RECORD', 'rejected'],
  89: ['THROTTLING_QUOTA_EXCEEDED', 'retry'],
};

export function verdictOf(errorCode: number): Verdict {
  return PROTOCOL[errorCode]?.[1] ?? 'retry';
}

export function nameOf(errorCode: number): string {
  return PROTOCOL[errorCode]?.[0] ?? `error ${errorCode}`;
}
