/**
 * Bytes as people write them: hexadecimal digits, `"text"` as UTF-8 without a length, and `61*200` for a byte that is
 * repeated. Blanks separate.
 */
export function bytes(notation: string): Buffer {
  const tokens = notation.match(/"[^"]*"|[0-9a-f]+\*\d+|(?:[0-9a-f]{2})+|\S+/g) ?? [];
  return Buffer.concat(tokens.map(token));
}

function token(text: string): Buffer {
  if (text.startsWith('"')) return Buffer.from(text.slice(1, -1));
  const [digits = '', count] = text.split('*');
  const decoded = Buffer.from(digits, 'hex');
  if (decoded.length * 2 !== digits.length) throw new SyntaxError(`${text} is neither hexadecimal nor "text"`);
  return count === undefined ? decoded : Buffer.alloc(Number(count) * decoded.length, decoded);
}
