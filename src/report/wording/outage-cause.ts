/** What sets the length of an outage, in words. The only place that words it. */

import type { OutageCause, Seconds } from '../../planning/transition/outage-cause.js'

export function wordOutageCause(cause: OutageCause): string {
  switch (cause.code) {
    case 'sessionsReplaced':
      if (cause.collision) {
        return 'sessions end at once, and both sides dial for the new ones: they collide and try again at random'
      }
      return cause.kind === 'mesh'
        ? 'sessions end at once; the new mesh sessions come up after the connect delay'
        : 'sessions end at once; the new ones come up after the connect delay'
    case 'holdTimer':
      return `nobody is told that ${listed(cause.elements)} is gone: peers notice when the hold timer ends`
    case 'restartTimer':
      return `peers keep the routes of ${listed(cause.elements)} for the graceful-restart time, then withdraw them`
    case 'farewell':
      return `BIRD of ${listed(cause.elements)} says farewell, and peers withdraw its routes at once`
    case 'recoveryWait':
      return `BIRD of ${listed(cause.elements)} starts while a peer never comes up, and waits 240 s before it writes or sends routes`
    case 'elementDown':
      return `${listed(cause.elements)} is down`
    case 'elementBack':
      return `${listed(cause.elements)} comes back: sessions and neighbour entries come up`
    case 'calicoNodeRestart':
      return cause.rolling
        ? 'calico-node is started anew node by node, and peers withdraw its routes meanwhile'
        : 'calico-node is started anew, and peers withdraw its routes meanwhile'
    case 'takenOver':
      return 'nodes take the change over at different moments'
  }
}

const MOST_NAMES = 3

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown
}

/** `4 to 30 s`, `1 s`, `up to 60 s`, `120 s or longer`. */
export function wordSeconds({ min, max }: Seconds): string {
  const [from, to] = [rounded(min), rounded(max)]
  if (max === Number.POSITIVE_INFINITY) return `${from} s or longer`
  if (from === to) return `${to} s`
  return from === 0 ? `up to ${to} s` : `${from} to ${to} s`
}

function rounded(seconds: number): number {
  return seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)
}
