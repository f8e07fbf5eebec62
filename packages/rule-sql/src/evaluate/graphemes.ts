const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** In plain ASCII every character stands alone, but for CR LF. */
// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const SIMPLE = /^[\u0000-\u000c\u000e-\u007f]*$/;

/** The characters of a text as people count them: a letter with its accents is one, CR LF is one, an emoji is one. */
export function graphemesOf(text: string): readonly string[] {
  if (SIMPLE.test(text)) return text.split('');
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** How many characters people count in a text. */
export function graphemeCount(text: string): number {
  return SIMPLE.test(text) ? text.length : graphemesOf(text).length;
}
