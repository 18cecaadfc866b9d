/** Why packets are lost for a while: a value, worded in `report/`. */

export type OutageCause =
  /** Sessions end before those that replace them are up; `collision` where both ends dial. */
  | { readonly code: 'sessionsReplaced'; readonly kind: 'mesh' | 'explicit'; readonly collision: boolean }
  /** Nobody is told: peers find out when their hold timer ends the session. */
  | { readonly code: 'holdTimer'; readonly elements: readonly string[] }
  /** Dead BIRDs whose peers keep their routes for the graceful-restart time, and no longer. */
  | { readonly code: 'restartTimer'; readonly elements: readonly string[] }
  /** BIRD said farewell: its peers drop its routes at once. */
  | { readonly code: 'farewell'; readonly elements: readonly string[] }
  /** BIRD starts while one of its peers never comes up: it waits with everything it has not written yet. */
  | { readonly code: 'recoveryWait'; readonly elements: readonly string[] }
  /** Dead machines, routers or links: nothing passes through them, whatever the routes say. */
  | { readonly code: 'elementDown'; readonly elements: readonly string[] }
  /** Back again: sessions and neighbour entries come up. */
  | { readonly code: 'elementBack'; readonly elements: readonly string[] }
  /** calico-node is started anew and BIRD did not keep its peers' trust. */
  | { readonly code: 'calicoNodeRestart'; readonly rolling: boolean }
  /** Nodes take the new configuration over at different moments. */
  | { readonly code: 'takenOver' }

/** Seconds. `max` is Infinity where nothing in the model ends the outage: until somebody mends it. */
export interface Seconds {
  readonly min: number
  readonly max: number
}
