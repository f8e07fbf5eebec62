import type * as PlatformaticKafka from '@platformatic/kafka';

/**
 * The client library and the checksum, loaded when the first connector connects: an unused connector costs nothing.
 */
export type Library = typeof PlatformaticKafka;
export type Crc32c = (bytes: Uint8Array) => number;

export interface Loaded {
  readonly library: Library;
  readonly crc32c: Crc32c;
}

let loading: Promise<Loaded> | undefined;

export function loadLibrary(): Promise<Loaded> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Loaded> {
  const [library, { crc32c }] = await Promise.all([import('@platformatic/kafka'), import('@node-rs/crc32')]);
  return { library, crc32c: (bytes) => crc32c(bytes) };
}
