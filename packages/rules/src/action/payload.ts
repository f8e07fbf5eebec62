import type { RuleOutput } from '@millrace/rule-sql';
import { isText, type Template, type TemplateWriter } from '@millrace/values';
import { placeholderReader } from './placeholder.ts';

/**
 * Renders payloads by a template. Bytes of the output pass through as they are, so that binary payloads survive; a template
 * that is one placeholder for text or bytes makes no copy.
 */
export function payloadRenderer(template: Template): (output: RuleOutput) => Uint8Array | string {
  const read = placeholderReader(template);
  return (output) => {
    const value = read?.(output);
    return isText(value) ? value : renderPayload(template, output);
  };
}

function renderPayload(template: Template, output: RuleOutput): Uint8Array | string {
  const payload = new Payload();
  template.write(output, payload);
  return payload.finish();
}

/** Stays text as long as no bytes come. */
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
