import type { Position } from '../errors.ts';

export type Statement = SelectStatement | ForeachStatement;

export interface SelectStatement {
  readonly kind: 'select';
  readonly fields: readonly Field[];
  readonly from: readonly string[];
  readonly where: Condition | undefined;
}

export interface ForeachStatement {
  readonly kind: 'foreach';
  /** Helper columns, and last the array to go over. */
  readonly fields: readonly Field[];
  readonly each: readonly Field[] | undefined;
  readonly incase: Condition | undefined;
  readonly from: readonly string[];
  readonly where: Condition | undefined;
}

export type Field = { readonly kind: 'all' } | ValueField;

export interface ValueField {
  readonly kind: 'value';
  readonly value: Argument;
  readonly alias: Path | undefined;
}

/** What stands in WHERE, INCASE and after WHEN. */
export type Condition = Argument | Logic | Not | Membership;
/** What stands in a field or between the parentheses of a call. */
export type Argument = Expression | Comparison | Case;
/** What an operator takes. */
export type Expression = Literal | Range | ArrayLiteral | Path | Slice | Call | Unary | Binary;

type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

/** `[1..3]`: integers from the first to the last. */
export interface Range {
  readonly kind: 'range';
  readonly first: number;
  readonly last: number;
}

interface ArrayLiteral {
  readonly kind: 'array';
  readonly items: readonly Expression[];
}

export interface Path {
  readonly kind: 'path';
  readonly head: string;
  /** True when the head was written in double quotes, which people take for a string. */
  readonly isQuoted: boolean;
  readonly steps: readonly Step[];
  readonly at: Position;
}

export type Step =
  | { readonly kind: 'key'; readonly name: string }
  /** One-based, from the end when negative. `-0` is kept: as a target it appends. */
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'variable'; readonly path: Path };

/** `a.b[1..3]`: part of an array. */
export interface Slice {
  readonly kind: 'slice';
  readonly path: Path;
  readonly range: Range;
}

export interface Call {
  readonly kind: 'call';
  readonly module: string | undefined;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly at: Position;
}

export interface Unary {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly operand: Expression;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | 'div' | 'mod';

export interface Binary {
  readonly kind: 'binary';
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type ComparisonOperator = '=' | '!=' | '<>' | '<' | '>' | '<=' | '>=' | '=~' | '~=';

export interface Comparison {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Case {
  readonly kind: 'case';
  /** What each WHEN is compared with; without it, each WHEN is a condition. */
  readonly subject: Expression | undefined;
  readonly branches: readonly { readonly when: Condition; readonly value: CaseValue }[];
  readonly otherwise: CaseValue | undefined;
}

export type CaseValue = Expression | Comparison;

interface Logic {
  readonly kind: 'logic';
  readonly operator: 'AND' | 'OR';
  readonly left: Condition;
  readonly right: Condition;
}

export interface Not {
  readonly kind: 'not';
  readonly operand: Condition;
}

export interface Membership {
  readonly kind: 'in';
  readonly isNegated: boolean;
  readonly value: Expression;
  readonly items: readonly Expression[];
}

/** True for what may be an operand of arithmetic and comparisons. */
export function isExpression(node: Condition): node is Expression {
  switch (node.kind) {
    case 'comparison':
    case 'case':
    case 'logic':
    case 'not':
    case 'in':
      return false;
    default:
      return true;
  }
}
