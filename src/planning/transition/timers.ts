/**
 * How long things take, in seconds: one table for every prediction in time. Measured with the BIRD that Calico ships
 * (lab findings, part B), each with the timer that sets it.
 */

import type { Seconds } from './outage-cause.js'

/** A mesh session, or one of which one side is passive: the active side dials after `connect delay time 2`. */
export const ONE_SIDE_DIALS: Seconds = { min: 0.5, max: 8 }

/**
 * A session that both sides dial: connections collide, both are closed, and both try again after a random part of the
 * connect delay (BIRD bgp.c bgp_incoming_connection, `error wait time 5,30`).
 */
export const BOTH_SIDES_DIAL: Seconds = { min: 0.5, max: 60 }

/** What was mostly measured of it: for people, not for bounds. */
export const BOTH_SIDES_DIAL_MOSTLY: Seconds = { min: 4, max: 30 }

/** BIRD was killed: peers keep its routes for the graceful-restart time that it announced, 120 s by default. */
export const RESTART_TIME = 120

/** Graceful restart ends this much before or after its time. */
export const RESTART_TIME_SLACK: Seconds = { min: -1, max: 2 }

/**
 * A silent loss is noticed when nothing came for the hold time of 240 s, counted from the last message: with a message
 * every 80 s at most, and retransmissions that end earlier, 160 to 240 s after the loss. 175 to 215 s were seen.
 */
export const HOLD_EXPIRY: Seconds = { min: 155, max: 242 }

/** BIRD said farewell (SIGTERM, `birdcl down`), or read a new configuration: peers act at once. */
export const AT_ONCE: Seconds = { min: 0, max: 1 }

/** BIRD waits this long for peers that never come up before it writes routes (`-R`, graceful restart recovery). */
export const RECOVERY_WAIT: Seconds = { min: 238, max: 243 }

/** A lost machine that comes back: address resolution and the retransmission timers of TCP. */
export const BACK_ON_WIRE: Seconds = { min: 0, max: 6 }

/** Sessions of a machine that comes back after its peers gave it up: they dial every few seconds, unanswered till then. */
export const DIALLED_AGAIN: Seconds = { min: 0.5, max: 30 }

export function later({ min, max }: Seconds, by: number): Seconds {
  return { min: min + by, max: max + by }
}
