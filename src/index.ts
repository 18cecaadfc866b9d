/** calico-plan: the library's face. */

export type { Finding, ResourceRef, Severity } from './findings/finding.js'
export { InputError } from './findings/finding.js'
