import { decodeProperties, type Properties, type PublishView, type Qos } from '@millrace/mqtt-codec';

const NO_BYTES = Buffer.alloc(0);

/** A view over a PUBLISH in memory of ours. */
export class WireView implements PublishView {
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  qos: Qos = 0;
  retain = false;
  dup = false;
  topicStart = 0;
  topicEnd = 0;
  packetId = 0;
  packetIdAt = 0;
  propertiesStart = 0;
  propertiesEnd = 0;
  payloadStart = 0;
  topicAlias = 0;
  messageExpiryInterval = -1;

  properties(): Properties | undefined {
    return propertiesIn(this.bytes, this.propertiesStart, this.propertiesEnd);
  }
}

/** Decodes a checked property section; undefined when it is empty. */
export function propertiesIn(bytes: Buffer, start: number, end: number): Properties | undefined {
  return start === end ? undefined : decodeProperties(bytes, start, end, 'publish');
}

/** A copy of a received PUBLISH that outlives its chunk. */
export function copyView(view: PublishView): WireView {
  const copy = new WireView();
  const shift = view.start;
  copy.bytes = Buffer.from(view.bytes.subarray(view.start, view.end));
  copy.end = view.end - shift;
  copy.qos = view.qos;
  copy.retain = view.retain;
  copy.dup = view.dup;
  copy.topicStart = view.topicStart - shift;
  copy.topicEnd = view.topicEnd - shift;
  copy.packetId = view.packetId;
  copy.packetIdAt = view.packetIdAt - shift;
  copy.propertiesStart = view.propertiesStart - shift;
  copy.propertiesEnd = view.propertiesEnd - shift;
  copy.payloadStart = view.payloadStart - shift;
  copy.topicAlias = view.topicAlias;
  copy.messageExpiryInterval = view.messageExpiryInterval;
  return copy;
}
