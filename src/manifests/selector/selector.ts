/** A parsed selector of Calico's selector language. */
export interface Selector {
  /** As written. */
  readonly text: string
  /** Canonical text (libcalico-go/lib/selector/parser/ast.go String). */
  readonly canonical: string
  matches(labels: Readonly<Record<string, string>>): boolean
}
