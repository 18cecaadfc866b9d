/**
 * What `check` would say anew at each step of a runbook. What a later step mends is told in short, and what was only
 * counted anew is not told at all.
 */

import { type Finding, formatFieldPath } from '../findings/finding.js'
import type { RehearsedStep } from '../planning/rehearsal/rehearsal.js'
import { nameOf } from './check.js'

export function findingText({ severity, code, message, hint, resource, path }: Finding): string {
  const where = [resource && nameOf(resource), path && formatFieldPath(path)].filter(Boolean).join(' ')
  return `${severity} ${code}${where === '' ? '' : ` ${where}`}: ${hint === '' || /[.!?:"]$/.test(message) ? message : `${message}.`}${hint === '' ? '' : ` ${hint}`}`
}

function shortText({ severity, code, resource }: Finding): string {
  return `${severity} ${code}${resource === undefined ? '' : ` ${nameOf(resource)}`}`
}

/** Findings of the network after a step that were not there before it, and those that it ends. */
export function findingLines(step: RehearsedStep, later: readonly RehearsedStep[]): readonly string[] {
  const { added = [], gone = [] } = step.diff?.findings ?? {}
  const [had, has] = [new Set(gone.map(keyOf)), new Set(added.map(keyOf))]
  return [
    ...added.filter((finding) => !had.has(keyOf(finding))).map((finding) => addedText(finding, later)),
    ...gone.filter((finding) => !has.has(keyOf(finding))).map((finding) => `no longer: ${shortText(finding)}`),
  ]
}

function addedText(finding: Finding, later: readonly RehearsedStep[]): string {
  const key = keyOf(finding)
  const mended = later.find(({ diff }) => {
    const { added = [], gone = [] } = diff?.findings ?? {}
    return gone.some((other) => keyOf(other) === key) && !added.some((other) => keyOf(other) === key)
  })
  if (mended === undefined) return `new: ${findingText(finding)}`
  return `until step ${mended.step.index + 1}: ${shortText(finding)}`
}

/** A message that counts something else is the same finding. */
function keyOf({ code, severity, resource, path }: Finding): string {
  return JSON.stringify([code, severity, resource?.kind, resource?.namespace, resource?.name, path ?? []])
}
