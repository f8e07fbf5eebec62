/** Below this a loop beats the call into native code. */
const SHORT_BYTES = 96;

/** Copies `source[start, end)` to `target[at, …)`. */
export function copyBytes(source: Buffer, start: number, end: number, target: Buffer, at: number): void {
  if (end - start > SHORT_BYTES) {
    source.copy(target, at, start, end);
    return;
  }
  let to = at;
  for (let from = start; from < end; from++) target[to++] = source[from] ?? 0;
}
