/** The other commands of a runbook: tools that look at the network, and tools that only wait. */

import type { Family } from '../../address/address.js'
import { asks, type CommandInput, changes, LOOKS, notSimulated, refused } from './interpret.js'
import type { Action } from './runbook.js'

const CONNECTS: ReadonlySet<string> = new Set(
  'ping ping6 traceroute tracepath mtr curl wget nc ncat telnet iperf iperf3 arping fping'.split(' '),
)

/** Undefined for a program that nobody here knows. `words` are those after its name. */
export function tool(name: string, words: readonly string[], input: CommandInput): Action | undefined {
  switch (name) {
    case 'sleep':
      return waits(words)
    case 'ip':
      return ipTool(words, input)
    case 'route':
    case 'netstat':
      return /^(?:add|del|delete)$/.test(words[0] ?? '') ? byHand(name) : routesAsked(input, 4)
    case 'birdcl':
    case 'birdc':
    case 'birdcl6':
    case 'birdc6':
      return birdTool(name, words, input)
    case 'docker':
    case 'nerdctl':
    case 'podman':
    case 'crictl':
    case 'ctr':
    case 'systemctl':
    case 'service':
    case 'sysctl':
    case 'iptables':
    case 'ip6tables':
    case 'nft':
    case 'ethtool':
      return onTheMachine(name, words)
    default:
      if (CONNECTS.has(name)) return connects(name, words, input)
      return WATCHES.has(name) ? LOOKS : undefined
  }
}

/** Look at the network, and print nothing that the model has. */
const WATCHES: ReadonlySet<string> = new Set(
  'tcpdump tshark iptables-save ip6tables-save ipset conntrack ss dig nslookup host bridge lsmod calico-node nmap'.split(
    ' ',
  ),
)

/** Words of programs that look and change, by which they only look. */
const LOOKING: Readonly<Record<string, RegExp>> = {
  docker: /^(?:ps|logs|images|inspect|version|info|stats|top)$/,
  nerdctl: /^(?:ps|logs|images|inspect|version|info|stats|top)$/,
  podman: /^(?:ps|logs|images|inspect|version|info|stats|top)$/,
  crictl: /^(?:ps|pods|logs|images|inspect|inspectp|version|info|stats)$/,
  ctr: /^(?:version|info)$/,
  systemctl: /^(?:status|is-active|is-enabled|list-units|show|cat)$/,
  service: /^$/,
  iptables: /^(?:-L|-S|--list|--list-rules|-nvL|-vnL|-nL|-vL|-Ln)$/,
  ip6tables: /^(?:-L|-S|--list|--list-rules|-nvL|-vnL|-nL|-vL|-Ln)$/,
  nft: /^list$/,
  ethtool: /^(?:-[ikSaglmnPt]|\w*)$/,
}

/** Programs that act on one machine past the cluster. */
function onTheMachine(name: string, words: readonly string[]): Action {
  const looks =
    name === 'sysctl'
      ? !words.some((word) => word.includes('=') || word === '-w' || word === '-p' || word === '--system')
      : words.some((word) => LOOKING[name]?.test(word) === true) && !words.some((word) => /^-[ADIFXPZ]$/.test(word))
  return looks ? LOOKS : byHand(`${name} ${words.slice(0, 2).join(' ')}`.trim().slice(0, 60))
}

function byHand(command: string): Action {
  return notSimulated(
    `${command} changes one machine past Kubernetes, which is not simulated.`,
    'Write a machine or daemon that stops as fail in a kind: Runbook document, and routes into the Underlay.',
  )
}

function waits(words: readonly string[]): Action {
  const seconds = words.map(secondsOf)
  const known = seconds.filter((length) => length !== undefined)
  if (words.length === 0 || known.length < words.length) {
    return refused('RUNBOOK_COMMAND_INVALID', `sleep cannot wait ${words.join(' ').slice(0, 40)}.`, 'Write sleep 30.')
  }
  return changes({
    do: 'wait',
    seconds: Math.min(
      known.reduce((sum, length) => sum + length, 0),
      LONGEST_WAIT,
    ),
  })
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const LONGEST_WAIT = 31 * 86_400

/** `30`, `1.5m`, `2h`, as coreutils' sleep takes them. */
export function secondsOf(text: string): number | undefined {
  const [whole, number = '0', unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)([smhd]?)$/.exec(text) ?? []
  return whole === undefined ? undefined : Number(number) * (UNITS[unit === '' ? 's' : unit] ?? 1)
}

function nodeOf({ on }: CommandInput): { readonly node?: string } {
  return on?.node === undefined ? {} : { node: on.node }
}

function routesAsked(input: CommandInput, family: Family): Action {
  return isInPod(input) ? LOOKS : asks({ ask: 'routes', ...nodeOf(input), family })
}

/** A pod with a network of its own; calico-node and its like are on their host's. */
function isInPod({ on }: CommandInput): boolean {
  return on?.pod !== undefined && !/^(?:calico|kube|bird|csi)-/.test(on.pod.pod)
}

const SHOWS: ReadonlySet<string> = new Set(['show', 'list', 'ls', 'lst', 'get', 'sh', 's', 'l', 'save', 'monitor'])

function ipTool(words: readonly string[], input: CommandInput): Action {
  const family = words.includes('-6') ? 6 : 4
  const [object = '', verb = 'show'] = words.filter((word) => !word.startsWith('-'))
  const reads =
    SHOWS.has(verb) ||
    !/^[a-z]+$/.test(verb) ||
    ['table', 'dev', 'via', 'proto', 'default', 'root', 'exact', 'match'].includes(verb)
  if (!reads) return byHand(`ip ${object} ${verb}`.slice(0, 60))
  return object !== 'rule' && /^r(?:o(?:u(?:te?)?)?)?$/.test(object) ? routesAsked(input, family) : LOOKS
}

function birdTool(name: string, words: readonly string[], input: CommandInput): Action {
  const family = name.endsWith('6') ? 6 : 4
  const plain = words.flatMap((word) => word.split(/\s+/)).filter((word) => !word.startsWith('-'))
  const [verb = 'show', object = ''] = plain
  if (!'show'.startsWith(verb)) {
    return notSimulated(`${name} ${verb} changes one daemon by hand.`, 'Write it as a failure in a Runbook document.')
  }
  if ('protocols'.startsWith(object) && object !== '') return asks({ ask: 'nodeStatus', ...nodeOf(input) })
  const prefix = plain.find((word) => /^[\da-f:.]+\/\d+$/i.test(word))
  return asks({ ask: 'rib', ...nodeOf(input), ...(prefix === undefined ? {} : { prefix }), family })
}

/** Flags of these that take a value, which is not what they connect to. */
const VALUED = /^-(?:[cisWwIMtpqQmHXoduxUeAbFTl]|-connect-timeout|-max-time|-timeout|-output|-count|-interface)$/

function connects(name: string, words: readonly string[], { on }: CommandInput): Action {
  const downloads =
    /^(?:curl|wget)$/.test(name) && words.some((word) => /^(?:-[a-zA-Z]*[oO]|--output|--remote-name)$/.test(word))
  const operands = words.filter((word, at) => !word.startsWith('-') && !VALUED.test(words[at - 1] ?? ''))
  const target = operands.find((word) => /[.:a-z]/i.test(word))
  if (target === undefined || downloads || (name === 'wget' && !words.some((word) => word.startsWith('-'))))
    return LOOKS
  return asks({
    ask: 'reach',
    ...(on?.pod === undefined ? {} : { from: on.pod }),
    ...(on?.node === undefined ? {} : { node: on.node }),
    to: hostOf(target),
  })
}

/** `http://10.0.0.1:8080/x`, `[fd00::1]:80` and `fd00::1` without what is no host. */
function hostOf(text: string): string {
  const plain = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/\/.*$/s, '')
  const bracketed = /^\[([^\]]*)\]/.exec(plain)?.[1]
  if (bracketed !== undefined) return bracketed
  return plain.split(':').length > 2 ? plain : plain.replace(/:.*$/s, '')
}
