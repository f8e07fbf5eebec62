/** An answer that is no success: HTTP status, stable code, and a message for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Keys beside `code` and `message`, e.g. the rules that use an action. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: {
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.extra = details.extra ?? {};
    this.headers = details.headers ?? {};
  }
}

export function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError(400, 'BAD_REQUEST', message, { cause });
}

export function notFound(message: string): ApiError {
  return new ApiError(404, 'NOT_FOUND', message);
}
