/** One allocation block: which of its addresses are held and by whom, and the queue of free ones. */

import { type Address, addressPlus } from '../address/address.js'
import { bitsOf, firstAddress, type Prefix } from '../address/prefix.js'
import { FreeQueue } from './free-queue.js'
import { type AddressOwner, sanitizeHandle, WINDOWS_RESERVED_HANDLE } from './owner.js'
import type { ReservedSet } from './reservations.js'

/** An address that is not free. Without an owner it was released and cools down. */
export interface Held {
  readonly owner?: AddressOwner
  /** Seconds of the state's clock. */
  readonly releasedAt?: number
  readonly sequence: number
}

/** Addresses withheld at both ends of a block that a Windows node creates. */
export interface HostReservation {
  readonly startOfBlock: number
  readonly endOfBlock: number
  readonly handle: string
}

/** What a block is made from when it is read, not newly claimed. */
export interface BlockContent {
  readonly held: readonly (readonly [ordinal: number, held: Held])[]
  readonly free: readonly number[]
}

/** A block that was read and that nobody has looked into: of a large cluster's record most stay so. Nothing in it cools down. */
export interface UnopenedBlock {
  readonly inUse: number
  /** Of those in use: Windows' own. */
  readonly windows: number
  readonly free: number
  holds(ordinal: number): boolean
  open(): BlockContent
}

/** Mutable. Whoever changes one tells the state (`IpamState.written`), which keeps indexes over all of them. */
export class Block {
  readonly prefix: Prefix
  readonly size: number
  /** `host:n1`; undefined for an orphan. */
  affinity: string | undefined
  /** Seconds; minus infinity when not known, which counts as long ago. */
  claimedAt = Number.NEGATIVE_INFINITY
  /** Writes to the datastore since the block was made or read. */
  sequence = 0
  readonly #held: (Held | undefined)[] = []
  #free: FreeQueue
  /** Until somebody looks into the block. */
  #unopened: UnopenedBlock | undefined
  readonly #cooling = new Set<number>()
  #count = 0
  #windows = 0

  constructor(prefix: Prefix, read?: BlockContent | UnopenedBlock, reservation?: HostReservation) {
    this.prefix = prefix
    this.size = 2 ** (bitsOf(prefix.family) - prefix.length)
    if (read !== undefined) {
      this.#free = NOTHING_FREE
      if ('open' in read) {
        this.#unopened = read
        this.#count = read.inUse
        this.#windows = read.windows
      } else this.#fill(read)
      return
    }
    const [start, end] = [reservation?.startOfBlock ?? 0, this.size - (reservation?.endOfBlock ?? 0)]
    this.#free = new FreeQueue(start, end)
    if (reservation === undefined) return
    const held: Held = { owner: { handle: reservation.handle }, sequence: 0 }
    for (let ordinal = 0; ordinal < start; ordinal++) this.#hold(ordinal, held)
    for (let ordinal = end; ordinal < this.size; ordinal++) this.#hold(ordinal, held)
  }

  #fill({ held, free }: BlockContent): void {
    this.#count = 0
    this.#windows = 0
    this.#free = new FreeQueue(0, 0, free)
    for (const [ordinal, entry] of held) this.#hold(ordinal, entry)
  }

  /** To be called before what is held or free is looked at or changed. */
  #open(): void {
    const unopened = this.#unopened
    if (unopened === undefined) return
    this.#unopened = undefined
    this.#fill(unopened.open())
  }

  /** Addresses held, cooling and Windows-reserved ones among them. */
  get inUse(): number {
    return this.#count
  }

  /** True when nothing but Windows' own addresses is held; one that cools down still counts. */
  get empty(): boolean {
    return this.#count === this.#windows
  }

  /** True when an address was released and is not back in the queue. */
  get cooling(): boolean {
    return this.#cooling.size > 0
  }

  /** Length of the free queue, reserved addresses among it. */
  get free(): number {
    return this.#unopened?.free ?? this.#free.length
  }

  heldAt(ordinal: number): Held | undefined {
    this.#open()
    return this.#held[ordinal]
  }

  isHeld(ordinal: number): boolean {
    return this.#unopened?.holds(ordinal) ?? this.#held[ordinal] !== undefined
  }

  addressAt(ordinal: number): Address {
    return addressPlus(firstAddress(this.prefix), ordinal) ?? firstAddress(this.prefix)
  }

  /** Ascending by ordinal. */
  *held(): IterableIterator<readonly [ordinal: number, held: Held]> {
    this.#open()
    for (const ordinal of Object.keys(this.#held)) {
      const held = this.#held[Number(ordinal)]
      if (held) yield [Number(ordinal), held]
    }
  }

  /** Head to tail. */
  freeOrdinals(): Iterable<number> {
    this.#open()
    return this.#free
  }

  /** Free addresses that no IPReservation names (ipam_block.go NumFreeAddresses). */
  freeOutside(reserved: ReservedSet): number {
    if (!reserved.touches(this.prefix)) return this.free
    if (reserved.covers(this.prefix)) return 0
    this.#open()
    let count = 0
    for (const ordinal of this.#free) if (!reserved.hasAddress(this.addressAt(ordinal))) count++
    return count
  }

  /** Gives out up to `count` addresses from the head of the queue (ipam_block.go autoAssign). */
  take(count: number, owner: AddressOwner, reserved: ReservedSet): number[] {
    this.#open()
    const skip = reserved.touches(this.prefix)
      ? (ordinal: number) => reserved.hasAddress(this.addressAt(ordinal))
      : undefined
    const ordinals = this.#free.take(count, skip)
    const held: Held = { owner, sequence: this.sequence }
    for (const ordinal of ordinals) this.#hold(ordinal, held)
    return ordinals
  }

  /** Gives out one certain address, which must be free. */
  assign(ordinal: number, owner: AddressOwner): void {
    this.#open()
    this.#free.remove(ordinal)
    this.#hold(ordinal, { owner, sequence: this.sequence })
  }

  /** Takes the owner away; the address stays held until `collect` puts it back into the queue. */
  release(ordinals: Iterable<number>, now: number): void {
    this.#open()
    const held: Held = { releasedAt: now, sequence: this.sequence }
    for (const ordinal of ordinals) {
      this.#forget(ordinal)
      this.#hold(ordinal, held)
    }
  }

  /**
   * Puts addresses that were released long enough ago at the tail of the queue, in ascending order, and says whether
   * there were any. A negative cooldown takes all (ipam_block.go garbageCollect).
   */
  collect(now: number, cooldownSeconds: number): boolean {
    if (this.#cooling.size === 0) return false
    const due = [...this.#cooling].filter(
      (ordinal) => cooldownSeconds < 0 || (this.#held[ordinal]?.releasedAt ?? now) <= now - cooldownSeconds,
    )
    for (const ordinal of due.sort((a, b) => a - b)) {
      this.#forget(ordinal)
      this.#free.append(ordinal)
    }
    return due.length > 0
  }

  /** Ordinals held under the handle, ascending. */
  ordinalsOf(handle: string): number[] {
    const found: number[] = []
    for (const [ordinal, { owner }] of this.held()) {
      if (owner?.handle !== undefined && sanitizeHandle(owner.handle) === handle) found.push(ordinal)
    }
    return found
  }

  #hold(ordinal: number, held: Held): void {
    if (this.#held[ordinal] !== undefined || ordinal < 0 || ordinal >= this.size) return
    this.#held[ordinal] = held
    this.#count++
    if (isWindows(held)) this.#windows++
    if (held.releasedAt !== undefined) this.#cooling.add(ordinal)
  }

  #forget(ordinal: number): void {
    const held = this.#held[ordinal]
    if (held === undefined) return
    this.#held[ordinal] = undefined
    this.#count--
    if (isWindows(held)) this.#windows--
    this.#cooling.delete(ordinal)
  }
}

const NOTHING_FREE = new FreeQueue(0, 0)

function isWindows({ owner }: Pick<Held, 'owner'>): boolean {
  return isWindowsHandle(owner?.handle)
}

export function isWindowsHandle(handle: string | undefined): boolean {
  return handle?.toLowerCase() === WINDOWS_RESERVED_HANDLE
}
