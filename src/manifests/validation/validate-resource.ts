/** One resource judged alone, as the API server and calicoctl judge it. */

import { type Finding, formatFieldPath, type ResourceRef, type Severity } from '../../findings/finding.js'
import { isCalicoGroup, type Resource } from '../resource.js'
import type { Breach } from './breach.js'
import { apiVersionsOf, type KindRules, rulesOf } from './kinds.js'
import { isFields } from './schema.js'
import { didYouMean, show } from './slips.js'
import { breachesOf } from './walk.js'

/**
 * Every rule that the resource breaks by itself; none for a kind that the planner does not know.
 *
 * An error is what the API server or calicoctl refuses. What calicoctl alone refuses is an error in the group
 * projectcalico.org and a warning in a dump of crd.projectcalico.org, where it was evidently stored. Never throws:
 * the resource may be any JSON value in spite of its type.
 */
export function validateResource(resource: Resource): Finding[] {
  const given: unknown = resource
  if (!isFields(given)) {
    return [
      {
        severity: 'error',
        code: 'VALIDATION_TYPE',
        message: `The document is ${show(given)}, it has to be an object.`,
        hint: 'Write an object with apiVersion, kind and metadata.',
      },
    ]
  }
  const { apiVersion, kind } = given
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return missingType(given)
  const rules = rulesOf(apiVersion, kind)
  const ref = refOfAny(given)
  if (rules === undefined) return wrongGroup(apiVersion, kind, ref)
  const findings = breachesOf(rules.schema, given).map((breach) => toFinding(breach, rules, apiVersion, ref))
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
  return rules.versions.includes(version) ? findings : [wrongVersion(apiVersion, kind, ref), ...findings]
}

/** A breach as the user sees it for this kind of resource. */
export function toFinding(breach: Breach, rules: KindRules, apiVersion: string, ref: ResourceRef): Finding {
  return {
    severity: severityOf(breach, rules, apiVersion),
    code: breach.code,
    message: breach.message + whoRefuses(breach, rules, apiVersion),
    hint: breach.hint,
    resource: ref,
    path: breach.path,
  }
}

function severityOf(breach: Breach, rules: KindRules, apiVersion: string): Severity {
  if (breach.layers.length === 0) return breach.advice ?? 'warning'
  // Nobody creates a record by hand. Without its block it says nothing, every other flaw can be read over.
  if (rules.record && breach.path.at(-1) !== 'cidr') return 'warning'
  if (breach.layers.includes('schema') || rules.calicoctlOnly) return 'error'
  return apiVersion.startsWith('crd.') ? 'warning' : 'error'
}

function whoRefuses(breach: Breach, rules: KindRules, apiVersion: string): string {
  if (breach.layers.length === 0 || rules.calicoctlOnly || !isCalicoGroup(apiVersion)) return ''
  if (!breach.layers.includes('schema')) return ' calicoctl refuses this; kubectl lets it through.'
  const alsoCalicoctl = breach.layers.length > 1 || !breach.droppedByCalicoctl
  return alsoCalicoctl ? '' : ' kubectl refuses this; calicoctl lets it through.'
}

/** A reference made of whatever the metadata holds. */
export function refOfAny(given: Readonly<Record<string, unknown>>): ResourceRef {
  const metadata = isFields(given.metadata) ? given.metadata : {}
  const kind = typeof given.kind === 'string' ? given.kind : ''
  const name = typeof metadata.name === 'string' ? metadata.name : ''
  return typeof metadata.namespace === 'string' ? { kind, namespace: metadata.namespace, name } : { kind, name }
}

function missingType(given: Readonly<Record<string, unknown>>): Finding[] {
  return (['apiVersion', 'kind'] as const)
    .filter((field) => typeof given[field] !== 'string')
    .map((field) => ({
      severity: 'error',
      code: given[field] === undefined ? 'VALIDATION_REQUIRED' : 'VALIDATION_TYPE',
      message:
        given[field] === undefined
          ? `${field} is missing, it is required.`
          : `${formatFieldPath([field])} is ${show(given[field])}, it has to be text.`,
      hint: `Add ${field}.`,
      resource: refOfAny(given),
      path: [field],
    }))
}

/** A Calico kind under a group that does not have it is a slip; any other unknown kind is none of the planner's. */
function wrongGroup(apiVersion: string, kind: string, ref: ResourceRef): Finding[] {
  const known = apiVersionsOf(kind)
  const own = known.find((candidate) => isCalicoGroup(candidate) || candidate.startsWith('calico-plan/'))
  if (own === undefined || known.some((candidate) => !candidate.includes('/'))) return []
  if (didYouMean(apiVersion, known) === undefined && apiVersion.includes('.') && !apiVersion.includes('calico'))
    return []
  return [
    {
      severity: 'error',
      code: 'VALIDATION_API_VERSION',
      message: `apiVersion is ${show(apiVersion)}, which has no kind ${kind}.`,
      hint: `Write apiVersion: ${own}.`,
      resource: ref,
      path: ['apiVersion'],
    },
  ]
}

function wrongVersion(apiVersion: string, kind: string, ref: ResourceRef): Finding {
  const known = apiVersionsOf(kind)
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
  const meant = known.find((candidate) => candidate.startsWith(group === '' ? 'v' : `${group}/`)) ?? known[0] ?? ''
  return {
    severity: 'error',
    code: 'VALIDATION_API_VERSION',
    message: `apiVersion is ${show(apiVersion)}, the kind ${kind} has no such version.`,
    hint: `Write apiVersion: ${meant}.`,
    resource: ref,
    path: ['apiVersion'],
  }
}
