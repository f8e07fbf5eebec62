import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import type { Library } from './library.ts';
import type { SinkParameters } from './parameters.ts';

export interface Codec {
  /** The number in a batch's attributes. */
  readonly id: number;
  compress(records: Buffer): Promise<Buffer> | Buffer;
}

const gzipAsync = promisify(gzip);
const zstdAsync = promisify(zstdCompress);

/** Undefined means that batches are sent as they are. gzip and zstd work off the event loop. */
export function codecFor(compression: SinkParameters['compression'], library: Library): Codec | undefined {
  const { snappy, lz4 } = library.compressionsAlgorithms;
  const codecs: Readonly<Record<SinkParameters['compression'], Codec | undefined>> = {
    no_compression: undefined,
    gzip: { id: 1, compress: (records) => gzipAsync(records) },
    snappy: { id: 2, compress: (records) => snappy.compressSync(records) },
    lz4: { id: 3, compress: (records) => lz4.compressSync(records) },
    zstd: { id: 4, compress: (records) => zstdAsync(records) },
  };
  return codecs[compression];
}
