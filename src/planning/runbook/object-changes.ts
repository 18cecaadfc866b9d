/** Changes made of objects that a command was given. */

import { readKindOf } from '../../cluster/inventory.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change, Client } from '../change/change.js'
import { remark } from '../change/remark.js'
import type { GivenObjects } from './given-objects.js'
import { changes } from './interpret.js'
import type { Action } from './runbook.js'

export interface ObjectVerb {
  readonly do: 'apply' | 'create' | 'replace'
  readonly client: Client
  readonly namespace?: string
  readonly skipExisting?: boolean
}

/** All objects at once: nobody sees half of a file. */
export function writesOf({ do: verb, skipExisting, ...rest }: ObjectVerb, { resources, others }: GivenObjects): Action {
  const change: Change =
    verb === 'create'
      ? { do: verb, ...rest, resources, ...(skipExisting === true ? { skipExisting } : {}) }
      : { do: verb, ...rest, resources }
  return withOthers(changes(change), others)
}

export interface DeleteVerb {
  readonly client: Client
  readonly namespace?: string
  readonly mayBeMissing: boolean
}

/** In the order of the file, as both commands do. */
export function deletionsOf(verb: DeleteVerb, { resources, others }: GivenObjects): Action {
  return withOthers(changes(...resources.flatMap((resource) => deletionOf(verb, resource))), others)
}

function deletionOf({ client, namespace, mayBeMissing }: DeleteVerb, resource: Resource): Change[] {
  const kind = readKindOf(resource)
  if (kind === undefined) return []
  const place = resource.metadata.namespace ?? namespace
  return [
    {
      do: 'delete',
      client,
      target: {
        kind,
        pick: { by: 'name', names: [resource.metadata.name] },
        ...(place === undefined ? {} : { namespace: place }),
        ...(mayBeMissing ? { mayBeMissing } : {}),
      },
    },
  ]
}

function withOthers(action: Action, others: readonly string[]): Action {
  if (others.length === 0 || action.type !== 'change') return action
  const passed = remark(
    'info',
    'RUNBOOK_NOT_SIMULATED',
    `${others.join(', ')}: not part of the model, passed over.`,
    'They change nothing that is predicted here.',
  )
  return { ...action, remarks: [...(action.remarks ?? []), passed] }
}
