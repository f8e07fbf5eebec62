export { bytesOf, textOf } from './bytes.ts';
export { parseJson } from './json-parse.ts';
export { JsonSyntaxError } from './json-precise.ts';
export { stringifyJson } from './json-stringify.ts';
export {
  floatOf,
  integerOf,
  isArray,
  isFloat,
  isInteger,
  isNumeric,
  isObject,
  isText,
  type ObjectValue,
} from './kind.ts';
export { getPath, readJson } from './path.ts';
export { ownProperty, setProperty } from './property.ts';
export { compileTemplate, type RenderOptions, type Template, type TemplateWriter } from './template.ts';
export { floatText, toText, trimDecimals } from './text.ts';
export { Bits, Float, type Value } from './value.ts';
