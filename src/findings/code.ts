/** What a finding's code means in general, apart from any one resource. */
export interface CodeDescription {
  readonly title: string
  /** A short paragraph: why it matters on a real cluster and what the usual remedy is. */
  readonly explanation: string
  /** Where the rule comes from: a file of Calico, an RFC section, a lab finding. */
  readonly source: string
}
