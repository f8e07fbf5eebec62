/** MD4 of RFC 1320, which the OpenSSL of Node no longer offers. For compatibility only: it protects nothing. */
export function md4(message: Uint8Array): Buffer {
  const blocks = padded(message);
  const state = new Int32Array([0x67_45_23_01, 0xef_cd_ab_89, 0x98_ba_dc_fe, 0x10_32_54_76]);
  for (let at = 0; at < blocks.length; at += 64) {
    const words = Int32Array.from({ length: 16 }, (_, index) => blocks.readInt32LE(at + index * 4));
    addBlock(state, words);
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeInt32LE(word, index * 4));
  return digest;
}

/** A one bit, zeros, and the length in bits, up to a multiple of 64 bytes. */
function padded(message: Uint8Array): Buffer {
  const blocks = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  blocks.writeBigUInt64LE(BigInt(message.length) * 8n, blocks.length - 8);
  return blocks;
}

interface Round {
  readonly mix: (x: number, y: number, z: number) => number;
  readonly order: readonly number[];
  readonly shifts: readonly number[];
  readonly constant: number;
}

const ROUNDS: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
    constant: 0,
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
    constant: 0x5a_82_79_99,
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
    constant: 0x6e_d9_eb_a1,
  },
];

function addBlock(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = [...state] as [number, number, number, number];
  for (const { mix, order, shifts, constant } of ROUNDS) {
    for (const [step, word] of order.entries()) {
      const mixed = rotated((a + mix(b, c, d) + words[word]! + constant) | 0, shifts[step % 4]!);
      [a, b, c, d] = [d, mixed, b, c];
    }
  }
  for (const [index, word] of [a, b, c, d].entries()) state[index] = (state[index]! + word) | 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
