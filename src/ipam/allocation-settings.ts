/** Changing the IPAM settings as calicoctl does (libcalico-go/lib/ipam/ipam.go SetIPAMConfig). */

import { failure, type IpamFailure } from './failure.js'
import type { AllocationSettings, IpamState } from './ipam-state.js'

/**
 * Sets them, or says why calicoctl refuses. The same combinations written straight into the datastore are not
 * refused, and the allocator then follows them as they are.
 */
export function changeSettings(state: IpamState, settings: AllocationSettings): IpamFailure | undefined {
  const current = state.settings
  const same = (Object.keys(settings) as (keyof AllocationSettings)[]).every((key) => settings[key] === current[key])
  if (same) return undefined
  if (!settings.strictAffinity && !settings.autoAllocateBlocks) {
    return failure('conflictingSettings', "Cannot disable 'StrictAffinity' and 'AutoAllocateBlocks' at the same time")
  }
  if (settings.maxBlocksPerHost > 0 && !settings.strictAffinity) {
    return failure('conflictingSettings', 'MaxBlocksPerHost requires StrictAffinity to be enabled')
  }
  state.settings = settings
  return undefined
}
