/** The tree of a selector (libcalico-go/lib/selector/parser/ast.go). */

/** Operators between a label and one string. */
export type CompareOperator = '==' | '!=' | 'contains' | 'starts with' | 'ends with'

/** One operation of a selector; `and` and `or` have two operands at least. */
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

/**
 * Canonical text: double quotes unless the value holds one, groups in parentheses, single blanks. Parsing it gives an
 * equal tree, except that `!(!x)` is written `!!x`, which parses as `x`; Calico's own text does the same.
 */
export function canonicalText(node: SelectorNode): string {
  const fragments: string[] = []
  appendText(node, fragments)
  return fragments.join('')
}

/** Fragments instead of strings within strings: deep nesting then does not copy the innermost text at each level. */
function appendText(node: SelectorNode, out: string[]): void {
  switch (node.kind) {
    case 'all':
    case 'global':
      out.push(`${node.kind}()`)
      return
    case 'has':
      out.push(`has(${node.label})`)
      return
    case 'compare':
      out.push(`${node.label} ${node.operator} ${quoted(node.value)}`)
      return
    case 'set':
      out.push(`${node.label} ${node.operator} {${node.values.map(quoted).join(', ')}}`)
      return
    case 'not':
      out.push('!')
      appendText(node.operand, out)
      return
    case 'and':
    case 'or':
      for (const [i, operand] of node.operands.entries()) {
        out.push(i === 0 ? '(' : node.kind === 'and' ? ' && ' : ' || ')
        appendText(operand, out)
      }
      out.push(')')
  }
}

/** How many `and` and `or` groups lie within one another: the depth of the canonical text's parentheses. */
export function groupDepth(node: SelectorNode): number {
  switch (node.kind) {
    case 'not':
      return groupDepth(node.operand)
    case 'and':
    case 'or':
      return 1 + node.operands.reduce((deepest, operand) => Math.max(deepest, groupDepth(operand)), 0)
    default:
      return 0
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
