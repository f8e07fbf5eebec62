export { HoconError } from './hocon-error.ts';
export { isIndexed, isNull, mergeNodes, overrideElements, withoutNulls } from './merge.ts';
export {
  find,
  findField,
  fromValue,
  type HoconArray,
  type HoconField,
  type HoconNode,
  type HoconObject,
  type HoconScalar,
  type HoconValue,
  nodeAt,
  toValue,
} from './node.ts';
export { formatOrigin, type Origin } from './origin.ts';
export { type HoconSource, parseHocon, parseHoconFiles, parseHoconPath, parseHoconValue } from './parse.ts';
export type { IncludedFile, IncludeFile } from './parser.ts';
export { printHocon, printHoconValue } from './printer.ts';
