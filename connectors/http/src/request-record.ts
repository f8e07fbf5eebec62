import { type EncodedRecord, type RecordWriter, UnrecoverableError } from '@millrace/contract';
import type { HeaderList } from './headers.ts';

/**
 * A request in the buffer:
 *
 *   record := uint32 length, path | uint32 length, headers as JSON list (0: none) | body up to the end
 */
export interface RecordedRequest {
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Writes path and headers; the caller appends the body. Throws for a path that cannot stand in a request line. */
export function writeRequest(path: string, headers: HeaderList, record: RecordWriter): void {
  writePiece(requestTarget(path), record);
  writePiece(headers.length === 0 ? '' : JSON.stringify(headers), record);
}

export function readRequest({ bytes, start, end }: EncodedRecord): RecordedRequest {
  const headersAt = start + 4 + bytes.readUInt32BE(start);
  const bodyAt = headersAt + 4 + bytes.readUInt32BE(headersAt);
  const headers = bytes.toString('utf8', headersAt + 4, bodyAt);
  return {
    path: bytes.toString('utf8', start + 4, headersAt),
    headers: headers === '' ? [] : (JSON.parse(headers) as HeaderList),
    body: bytes.subarray(bodyAt, end),
  };
}

/**
 * The path as it is, except that letters beyond ASCII are percent-encoded. A space or line end could begin a request
 * of its own, so it is refused rather than repaired: which of both was meant only the rule can say.
 */
function requestTarget(path: string): string {
  if (!/^[\x21-\x7e\u0080-\uffff]*$/.test(path)) {
    throw new UnrecoverableError(
      'HTTP_BAD_REQUEST',
      'the path holds a space or control character; encode it in the rule',
    );
  }
  return path.replaceAll(/[\u0080-\uffff]+/g, (letters) => encodeURIComponent(letters.toWellFormed()));
}

function writePiece(text: string, record: RecordWriter): void {
  record.writeUint32(Buffer.byteLength(text));
  record.writeText(text);
}
