/**
 * calico-plan: the library's face. ESM, typed, no side effects on import, no network, no process.exit.
 *
 * ```
 * const simulation = simulate(loadCluster(['scenarios/cross-subnet']))
 * simulation.routes('rke-node1').get('main')
 * ```
 */

export { type Address, type Family, formatAddress, parseAddress } from './address/address.js'
export { formatPrefix, type Prefix, parsePrefix } from './address/prefix.js'
export type { Path } from './bgp/path.js'
export type { Session, SessionReason, SessionState } from './bgp/session.js'
export { sessionGraph } from './bgp/sessions/session-graph.js'
export type { BgpEntry, BgpTable, BgpTables, KernelExport } from './bgp/tables.js'
export type { Cluster } from './cluster/cluster.js'
export type { ClusterNode } from './cluster/node.js'
export type { Pool } from './cluster/pool.js'
export { NEWEST_RELEASE, OLDEST_RELEASE, type Release, releaseOf } from './cluster/release.js'
export type { NodeDevices } from './dataplane/devices/node-devices.js'
export type { ExplainedRoute, KernelRoute, RouteReason } from './dataplane/kernel-route.js'
export type { NumberedTable } from './dataplane/shared-routes.js'
export type { Flow, FlowEnd, Trace } from './dataplane/trace/trace.js'
export { CATALOG, type FindingCode } from './findings/catalog.js'
export { type Finding, InputError, type Place, type ResourceRef, type Severity } from './findings/finding.js'
export { Ipam } from './ipam/ipam.js'
export type { IpamView } from './ipam/view.js'
export { readManifests, readManifestText } from './manifests/read-manifests.js'
export type { Manifest, Resource } from './manifests/resource.js'
export { parseSelector, type Selector, SelectorError } from './manifests/selector/selector.js'
export { validateResource } from './manifests/validation/validate-resource.js'
export { validateTogether } from './manifests/validation/validate-together.js'
export { type AdviceByTopic, type AdviceWishes, advise } from './planning/advise/advise.js'
export { MOST_REFLECTORS } from './planning/advise/reflectors.js'
export type { Capacity } from './planning/capacity/capacity.js'
export { type Growth, growthOf } from './planning/capacity/growth.js'
export type { GrowthEvent, GrowthStep } from './planning/capacity/growth-step.js'
export { GrowthError, type GrowthTarget, parseGrowthTarget } from './planning/capacity/growth-target.js'
export type { ClusterDiff } from './planning/diff/cluster-diff.js'
export { continuedFrom } from './planning/diff/continued.js'
export { diffSimulations, diffSimulations as diff } from './planning/diff/diff-simulations.js'
export { checkExpectations, type ExpectationOutcome, type ExpectationResult } from './planning/expectations.js'
export { FAILURE_KINDS, type FailingElement, type FailureKind } from './planning/failure/element.js'
export type { Failure } from './planning/failure/judge.js'
export {
  SWEPT_KINDS,
  type Sweep,
  type SweepOptions,
  type SweptFailure,
  sweepFailures,
  sweepFailures as fail,
  worstFirst,
} from './planning/failure/sweep.js'
export { readFlowEnd, traceInSomeFamily } from './planning/flow-end.js'
export {
  DEFAULT_SHAPE,
  ENCAPSULATIONS,
  generateCluster,
  type Shape,
  ShapeError,
  TOPOLOGIES,
} from './planning/generate.js'
export { loadCluster, type OpenedInput, openInput } from './planning/open-input.js'
export type { Reach, ReachCell, ReachGroup } from './planning/reach/reach.js'
export type { Rehearsal, RehearsedStep, Verdict } from './planning/rehearsal/rehearsal.js'
export { type RehearseOptions, rehearse } from './planning/rehearsal/rehearse.js'
export { type ReadFile, readRunbook } from './planning/runbook/read-runbook.js'
export type { Runbook, RunbookStep } from './planning/runbook/runbook.js'
export { filesBeside } from './planning/runbook/runbook-files.js'
export type { SessionSurvey, SpeakerSessions } from './planning/session-survey.js'
export { createSimulation as simulate, type Simulation } from './planning/simulation.js'
export { type UnderlayGraph, underlayGraph } from './planning/underlay-graph.js'
