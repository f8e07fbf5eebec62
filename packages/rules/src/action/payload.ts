import type { RuleOutput } from '@millrace/rule-sql';
import type { Template, TemplateWriter } from '@millrace/values';

/** Renders a payload. Bytes of the output pass through as they are, so that binary payloads survive a template. */
export function renderPayload(template: Template, output: RuleOutput): Uint8Array | string {
  const payload = new Payload();
  template.write(output, payload);
  return payload.finish();
}

/** Stays text as long as no bytes come; one piece of bytes alone is handed on without a copy. */
class Payload implements TemplateWriter {
  #text = '';
  readonly #chunks: Uint8Array[] = [];

  write(chunk: string | Uint8Array): number {
    if (typeof chunk === 'string') {
      this.#text += chunk;
    } else {
      this.#endText();
      this.#chunks.push(chunk);
    }
    return chunk.length;
  }

  finish(): Uint8Array | string {
    if (this.#chunks.length === 0) return this.#text;
    this.#endText();
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
  }

  #endText(): void {
    if (this.#text !== '') this.#chunks.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
