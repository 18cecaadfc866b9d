/**
 * The kinds of text that Calico's validators know (libcalico-go lib/validator/v3/validator.go, and the formats and
 * patterns of the CRDs). Each is linear in the length of the text: input is hostile, so no pattern may backtrack.
 */

import { parseAddress } from '../../address/address.js'
import { formatPrefix, parseInterfaceAddress, parseInterfaceAddressOrHost } from '../../address/prefix.js'
import type { FindingCode } from '../../findings/catalog.js'
import { compilesAsGoRegexp } from './go-regexp.js'

/** One kind of text: its test, what to call it in an error, and the remedy where the text allows a better one. */
export interface TextFormat {
  readonly code: FindingCode
  /** A more exact code for some of the texts that fail. */
  readonly codeOf?: (text: string) => FindingCode | undefined
  /** Completes "has to be ...". */
  readonly allowed: string
  readonly test: (text: string) => boolean
  readonly hint?: (text: string) => string | undefined
  /** The words of a case-insensitive enumeration. */
  readonly words?: readonly string[]
}

const MAX_PATTERN_TEXT = 10_000

/** A format given by a pattern that has no ambiguous repetition. */
export function pattern(regexp: RegExp, allowed: string, code: FindingCode = 'VALIDATION_FORMAT'): TextFormat {
  return { code, allowed, test: (value) => value.length <= MAX_PATTERN_TEXT && regexp.test(value) }
}

/** A case-insensitive enumeration, which may be empty: the CRD patterns that begin with `^(?i)`. */
export function anyCase(...words: readonly string[]): TextFormat {
  const lower = new Set(['', ...words.map((word) => word.toLowerCase())])
  return {
    code: 'VALIDATION_ENUM',
    allowed: `one of ${words.join(', ')}, in any case`,
    test: (value) => lower.has(value.toLowerCase()),
    words,
  }
}

function networkHint(value: string): string | undefined {
  const parsed = parseInterfaceAddressOrHost(value.trim())
  if (parsed === undefined) return undefined
  return `Write ${formatPrefix(parsed.network)}.`
}

/** True for an IPv4 address in the notation of IPv6, `::ffff:10.0.0.1`, with or without a length. */
export function isMapped(value: string): boolean {
  const address = parseInterfaceAddressOrHost(value)?.address
  if (address === undefined || !value.includes(':')) return false
  return address.family === 4 || address.value >> 32n === 0xffffn
}

function networkFormat(family: 4 | 6 | undefined, masked: boolean): TextFormat {
  const version = family === undefined ? 'IP' : `IPv${family}`
  const readable = (value: string): boolean => {
    const parsed = parseInterfaceAddressOrHost(value)
    return parsed !== undefined && (family === undefined || (isMapped(value) ? 4 : parsed.address.family) === family)
  }
  return {
    code: 'VALIDATION_CIDR',
    codeOf: (value) => (masked && readable(value) ? 'VALIDATION_CIDR_NOT_MASKED' : undefined),
    allowed: masked ? `an ${version} network whose host bits are zero` : `an ${version} network or address`,
    test: (value) => {
      if (!masked || !readable(value)) return readable(value)
      const parsed = parseInterfaceAddressOrHost(value)
      return parsed?.network.base === parsed?.address.value
    },
    hint: (value) => (readable(value) ? networkHint(value) : undefined),
  }
}

/** Tag `net`: exactly masked; a bare address is a host network. */
export const MASKED_NETWORK = networkFormat(undefined, true)
/** Tag `netv4`. */
export const MASKED_NETWORK_V4 = networkFormat(4, true)
/** Tag `netv6`. */
export const MASKED_NETWORK_V6 = networkFormat(6, true)
/** Tag `cidr`: host bits may be set, the mask may be missing. */
export const NETWORK = networkFormat(undefined, false)
/** Tag `cidrs`, for the items of lists: an empty text passes, because Go reads it as no address (net.IP UnmarshalText). */
export const NETWORK_OR_EMPTY: TextFormat = { ...NETWORK, test: (value) => value === '' || NETWORK.test(value) }
/** Tag `cidrv4`. */
export const NETWORK_V4 = networkFormat(4, false)
/** Tag `cidrv6`. */
export const NETWORK_V6 = networkFormat(6, false)

/**
 * Kubernetes' format `cidr`: a mask is needed, host bits may be set, and octets as well as groups may have leading zeros
 * (k8s.io/kube-openapi strfmt, which parses sloppily).
 */
export const CRD_CIDR: TextFormat = {
  code: 'VALIDATION_CIDR',
  allowed: 'a network in CIDR notation, ADDRESS/LENGTH',
  test: (value) => parseInterfaceAddress(value.replace(/(^|[.:])0+(?=[0-9a-f])/gi, '$1')) !== undefined,
  hint: networkHint,
}

function addressFormat(family: 4 | 6 | undefined, allowed: string): TextFormat {
  return {
    code: 'VALIDATION_ADDRESS',
    allowed,
    test: (value) => {
      const parsed = parseAddress(value)
      return parsed !== undefined && (family === undefined || parsed.family === family)
    },
    hint: (value) => {
      const bare = value.slice(0, Math.max(0, value.indexOf('/')))
      const parsed = parseAddress(bare)
      if (parsed === undefined || (family !== undefined && parsed.family !== family)) return undefined
      return `Write ${bare}, without the mask.`
    },
  }
}

/** Tag `reachableBy`: a bare address. An IPv4-mapped IPv6 address is an IPv4 address. */
export const ADDRESS = addressFormat(undefined, 'an IP address without mask and port')
/** Tag `ipv4`. */
export const ADDRESS_V4 = addressFormat(4, 'an IPv4 address without mask and port')
/** Tag `ipv6`. */
export const ADDRESS_V6 = addressFormat(6, 'an IPv6 address without mask and port')

/** Tag `IP:port`: `1.2.3.4`, `1.2.3.4:179`, `fd00::1` or `[fd00::1]:179`. */
export const ADDRESS_AND_PORT: TextFormat = {
  code: 'BGPPEER_PEER_IP',
  allowed: 'ADDRESS, IPV4:PORT or [IPV6]:PORT with a port from 1 to 65535',
  test: (value) => parseAddressAndPort(value) !== undefined,
  hint: ADDRESS.hint ?? (() => undefined),
}

/** The two parts of a BGPPeer's peerIP; undefined when it is none (validator.go processIPPort). */
export function parseAddressAndPort(
  value: string,
): { readonly address: ReturnType<typeof parseAddress>; readonly port?: number } | undefined {
  const withPort = /^(?:([0-9.]+)|\[([0-9a-fA-F:.]+)\]):([0-9]{1,20})$/.exec(value)
  const address = parseAddress(withPort ? (withPort[1] ?? withPort[2] ?? '') : value)
  if (address === undefined) return undefined
  if (withPort === null) return { address }
  const port = Number(withPort[3])
  return port >= 1 && port <= 65535 ? { address, port } : undefined
}

/** True for the names that Calico takes: lower-case labels joined by dots (validator.go nameRegex). */
export function isResourceName(value: string): boolean {
  return value.split('.').every((label) => /^[a-z0-9-]+$/.test(label) && !label.startsWith('-') && !label.endsWith('-'))
}

/** Tag `name`. */
export const RESOURCE_NAME: TextFormat = {
  code: 'VALIDATION_NAME',
  allowed: "a name of lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit",
  test: isResourceName,
  hint: (value) => (isResourceName(value.toLowerCase()) ? `Write ${value.toLowerCase()}.` : undefined),
}

/** Tag `interface`. */
export const INTERFACE = pattern(
  /^(\*|[a-zA-Z0-9_.-]{1,15})$/,
  "'*' or an interface name of at most 15 letters, digits, '_', '.', '-'",
)
/** The same without the wildcard: keys of bpfLogFilters. */
export const INTERFACE_NAME = pattern(
  /^[a-zA-Z0-9_.-]{1,15}$/,
  "an interface name of at most 15 letters, digits, '_', '.', '-'",
)
/** Tag `ifaceFilter`. */
export const INTERFACE_FILTER = pattern(
  /^[a-zA-Z0-9:._+-]{1,15}$/,
  "an interface name of at most 15 characters, '+' at its end for any rest",
)
/** Tag `bgpFilterInterface`. */
export const FILTER_INTERFACE = pattern(
  /^[a-zA-Z0-9_.*-]{1,15}$/,
  "an interface name of at most 15 letters, digits, '_', '.', '-', '*'",
)
/** Tag `ignoredInterface`. */
export const IGNORED_INTERFACE: TextFormat = {
  ...FILTER_INTERFACE,
  allowed: `${FILTER_INTERFACE.allowed}, but not '*' alone`,
  test: (value) => value !== '*' && FILTER_INTERFACE.test(value),
}
/** Tag `prometheusHost`. */
export const METRICS_HOST = pattern(
  /^[a-zA-Z0-9:._+-]{1,64}$/,
  "a host of at most 64 letters, digits, ':', '.', '_', '+', '-'",
)
/** Go's net.ParseMAC: 6, 8 or 20 octets between colons or hyphens, as pairs between dots, or (since Go 1.26) together. */
export const HARDWARE_ADDRESS: TextFormat = {
  code: 'VALIDATION_ADDRESS',
  allowed: 'a MAC address',
  test: (value) => {
    if (value.length > 59) return false
    if (/^[0-9a-fA-F]+$/.test(value)) return [12, 16, 40].includes(value.length)
    const [separator, digits, counts] = value.includes('.')
      ? ['.', 4, [3, 4, 10]]
      : [value.includes(':') ? ':' : '-', 2, [6, 8, 20]]
    const parts = value.split(separator)
    return counts.includes(parts.length) && parts.every((part) => part.length === digits && /^[0-9a-fA-F]+$/.test(part))
  },
}
/** Tag `wireguardPublicKey`. Go's base64 decoder skips line breaks. */
export const WIREGUARD_KEY: TextFormat = {
  code: 'VALIDATION_FORMAT',
  allowed: 'the base64 text of a 32-byte WireGuard key',
  test: (value) => value.length <= MAX_PATTERN_TEXT && /^[A-Za-z0-9+/]{43}=$/.test(value.replace(/[\r\n]/g, '')),
}
/** Tag `regexp`. */
export const REGEXP: TextFormat = {
  code: 'VALIDATION_FORMAT',
  allowed: 'a regular expression of Go (RE2)',
  test: compilesAsGoRegexp,
}
/** Tag `keyValueList`: items `key=value` between commas. */
export const KEY_VALUE_LIST: TextFormat = {
  code: 'VALIDATION_FORMAT',
  allowed: 'a comma-separated list of key=value',
  test: (value) => value.trim() === '' || value.split(',').every((item) => item === '' || /^\s*\w+=[^\n]*$/.test(item)),
}

const U16 = '(?:0|[1-9][0-9]{0,4})'
const U32 = '(?:0|[1-9][0-9]{0,9})'
const PAIR = new RegExp(`^${U16}:${U16}$`)
const TRIPLE = new RegExp(`^${U32}:${U32}:${U32}$`)

/** A community of a BGPFilter: `aa:nn` of 16 bits each or `aa:nn:mm` of 32, no leading zeros. */
export const COMMUNITY: TextFormat = {
  code: 'VALIDATION_COMMUNITY',
  allowed: 'a community aa:nn (each at most 65535) or aa:nn:mm (each at most 4294967295)',
  test: (value) => {
    const bits = PAIR.test(value) ? 65535 : TRIPLE.test(value) ? 4294967295 : undefined
    return bits !== undefined && value.split(':').every((part) => Number(part) <= bits)
  },
}

/** A community of a BGPConfiguration as the CRD's pattern has it: numbers of any size. */
export const COMMUNITY_SHAPE = pattern(/^[0-9]+:[0-9]+(:[0-9]+)?$/, COMMUNITY.allowed, 'VALIDATION_COMMUNITY')

/** A community of a BGPConfiguration as calicoctl has it: leading zeros may stand (validator.go isValidCommunity). */
export function isCommunity(value: string): boolean {
  if (!COMMUNITY_SHAPE.test(value)) return false
  const parts = value.split(':')
  return parts.every((part) => Number(part) <= (parts.length === 2 ? 65535 : 4294967295))
}

/**
 * The duration pattern of most FelixConfiguration fields. The CRD writes the backslash twice, so a fraction such as
 * `1.5s` does not match although Felix would take it (api felixconfig.go, kubebuilder Pattern markers).
 */
export const CRD_DURATION = pattern(
  /^([0-9]+(\\.[0-9]+)?(ms|s|m|h))*$/,
  'a duration of whole numbers with the units ms, s, m, h, such as 1m30s',
  'VALIDATION_DURATION',
)
/** The same pattern where it is written right. */
export const CRD_DURATION_WITH_FRACTION = pattern(
  /^([0-9]+(\.[0-9]+)?(ms|s|m|h))*$/,
  'a duration with the units ms, s, m, h, such as 1.5s',
  'VALIDATION_DURATION',
)
/** As `^(([0-9]*(\.[0-9]*)?(ms|s|h|m|us)+)+|Auto)$`, without its ambiguity. */
export const CONNTRACK_TIMEOUT = pattern(
  /^(([0-9]*(\.[0-9]*)?(us|[smh]))+|Auto)$/,
  'a duration or Auto',
  'VALIDATION_DURATION',
)
