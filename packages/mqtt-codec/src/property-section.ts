import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Properties } from './packet.ts';
import { checkProperties, encodeProperties, readProperties } from './properties.ts';
import { PropertyOwner, type PropertyOwnerName } from './property-table.ts';

/** Reads length and properties at the reader's position; undefined when there are none. */
export function readPropertySection(
  reader: ByteReader,
  owner: PropertyOwnerName,
  isFromServer: boolean,
): Properties | undefined {
  const start = reader.section();
  if (start === reader.position) return undefined;
  checkProperties(reader.bytes, start, reader.position, PropertyOwner[owner], isFromServer);
  return readProperties(reader.bytes, start, reader.position);
}

/** Writes length and properties. */
export function writePropertySection(writer: ByteWriter, properties: Properties | undefined): void {
  const encoded = encodeProperties(properties);
  writer.varint(encoded.length);
  writer.raw(encoded);
}
