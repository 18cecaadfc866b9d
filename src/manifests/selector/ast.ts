/** The tree of a selector (libcalico-go/lib/selector/parser/ast.go). */

export type CompareOperator = '==' | '!=' | 'contains' | 'starts with' | 'ends with'

export type SelectorNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'compare'; readonly label: string; readonly operator: CompareOperator; readonly value: string }
  /** Values sorted by bytes, each once. */
  | {
      readonly kind: 'set'
      readonly label: string
      readonly operator: 'in' | 'not in'
      readonly values: readonly string[]
    }
  | { readonly kind: 'not'; readonly operand: SelectorNode }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly SelectorNode[] }

/** Canonical text: double quotes unless the value holds one, groups in parentheses, single blanks. */
export function canonicalText(node: SelectorNode): string {
  switch (node.kind) {
    case 'all':
      return 'all()'
    case 'global':
      return 'global()'
    case 'has':
      return `has(${node.label})`
    case 'compare':
      return `${node.label} ${node.operator} ${quoted(node.value)}`
    case 'set':
      return `${node.label} ${node.operator} {${node.values.map(quoted).join(', ')}}`
    case 'not':
      return `!${canonicalText(node.operand)}`
    case 'and':
      return `(${node.operands.map(canonicalText).join(' && ')})`
    case 'or':
      return `(${node.operands.map(canonicalText).join(' || ')})`
  }
}

function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`
}

/** The same tree with every label name changed, such as by a prefix. */
export function mapLabels(node: SelectorNode, change: (label: string) => string): SelectorNode {
  switch (node.kind) {
    case 'all':
    case 'global':
      return node
    case 'has':
    case 'compare':
    case 'set':
      return { ...node, label: change(node.label) }
    case 'not':
      return { kind: 'not', operand: mapLabels(node.operand, change) }
    case 'and':
    case 'or':
      return { kind: node.kind, operands: node.operands.map((operand) => mapLabels(operand, change)) }
  }
}
