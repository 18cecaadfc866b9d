/** Why a request got no address, in the words of Calico's IPAM library or CNI plugin. */

export type FailureReason =
  | 'useMissing'
  | 'strictRequired'
  | 'nodeMissing'
  | 'badReservation'
  | 'noQualifiedPool'
  | 'poolNotEnabled'
  | 'wrongFamily'
  | 'selector'
  | 'noPoolForNode'
  | 'useNotAllowed'
  | 'blockLimit'
  | 'autoAllocateOff'
  | 'outsidePools'
  | 'alreadyAssigned'
  | 'otherOwner'
  | 'handleFull'
  | 'staleRelease'
  | 'notEmpty'
  | 'unknownHandle'
  | 'conflictingSettings'
  | 'annotation'
  | 'exhausted'
  | 'notScheduled'
  | 'hostLocal'

export interface IpamFailure {
  readonly reason: FailureReason
  /** As the kubelet's event prints it. */
  readonly message: string
}

export function failure(reason: FailureReason, message: string): IpamFailure {
  return { reason, message }
}

export function isFailure(value: object): value is IpamFailure {
  return 'reason' in value && 'message' in value
}
