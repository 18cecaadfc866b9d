/** A ClusterDiff with the keys of the public contract. */

import type { ExplainedRoute } from '../dataplane/kernel-route.js'
import { formatFieldPath } from '../findings/finding.js'
import type {
  Cause,
  ClusterDiff,
  ReachChange,
  ResourceChange,
  RouteChange,
  SessionChange,
} from '../planning/diff/cluster-diff.js'
import { findingDocument } from './check.js'
import { sessionDocument } from './sessions.js'
import { wordLossReason } from './wording/loss-reason.js'

type Document = Readonly<Record<string, unknown>>

/** All of it. Lists have a stable order; what is absent on one side has no key there. */
export function diffDocument(diff: ClusterDiff): Document {
  const { sessions, routes, reach, capacity, findings } = diff
  return {
    different: !diff.empty,
    ...(diff.release === undefined ? {} : { release: diff.release }),
    resources: diff.resources.map(resourceDocument),
    nodes: diff.nodes,
    sessions: { ...sessions, groups: sessions.groups.map(sessionChangeDocument) },
    routes: { ...routes, groups: routes.groups.map(routeChangeDocument) },
    reachability: { ...reach, groups: reach.groups.map(reachChangeDocument) },
    capacity,
    findings: { added: findings.added.map(findingDocument), gone: findings.gone.map(findingDocument) },
  }
}

export function resourceDocument({ fields, ...change }: ResourceChange): Document {
  return { ...change, fields: fields.map(({ path, ...values }) => ({ field: formatFieldPath(path), ...values })) }
}

function sessionChangeDocument({ example, between, causes, ...rest }: SessionChange): Document {
  return {
    ...rest,
    between: between[0],
    and: between[1],
    example: {
      ...(example.before === undefined ? {} : { node: example.before.speaker.name }),
      ...(example.after === undefined ? {} : { node: example.after.speaker.name }),
      ...(example.before === undefined ? {} : { before: sessionDocument(example.before) }),
      ...(example.after === undefined ? {} : { after: sessionDocument(example.after) }),
    },
    causes: causes.map(causeDocument),
  }
}

function routeChangeDocument({ example, causes, ...rest }: RouteChange): Document {
  const side = (entry: ExplainedRoute | undefined): unknown => entry?.route
  return {
    ...rest,
    example: {
      node: example.node,
      ...(example.before === undefined ? {} : { before: side(example.before) }),
      ...(example.after === undefined ? {} : { after: side(example.after) }),
    },
    causes: causes.map(causeDocument),
  }
}

/** A group of pairs with what became of them, as `reach` words it. */
export function reachChangeDocument({ before, after, ...rest }: ReachChange): Document {
  const side = ({ verdict, reason, at }: ReachChange['before']): Document => ({
    verdict,
    ...(reason === undefined ? {} : { reason: wordLossReason(reason), rule: reason.code }),
    ...(at === undefined ? {} : { at }),
  })
  return { ...rest, before: side(before), after: side(after) }
}

function causeDocument(cause: Cause): Document {
  return { ...cause }
}
