/** BIRD's table as `show route all` prints it (BIRD nest/rt-table.c rt_show_rte, proto/bgp/attrs.c). */

export interface BirdRoute {
  readonly prefix: string
  readonly protocol: string
  readonly best: boolean
  readonly preference: number
  /** 0, `?` or `-` of a route whose next hop was looked up. */
  readonly igpMetric?: string
  /** `via`, `dev`, `blackhole`, `unreachable` or `prohibit`. */
  readonly dest: string
  readonly gateway?: string
  readonly dev?: string
  /** By BIRD's name of the attribute: `BGP.local_pref`. */
  readonly attributes: ReadonlyMap<string, string>
}

const HEAD = /^(\S*)\s+(.*?) \[(\S+) [^\]]*\] (?:([*!]) )?(?:\(([^)]*)\))?/

/** `\tType:` and the like belong to the route above; a route without a prefix has that of the one above. */
export function parseRoutes(lines: readonly string[]): readonly BirdRoute[] {
  const routes: BirdRoute[] = []
  let prefix = ''
  let attributes = new Map<string, string>()
  for (const line of lines) {
    const attribute = /^\t(\S+?): ?(.*)$/.exec(line)
    if (attribute !== null) {
      attributes.set(attribute[1] ?? '', (attribute[2] ?? '').trim())
      continue
    }
    const head = HEAD.exec(line)
    if (head === null) continue
    const [, net = '', dest = '', protocol = '', star, metrics = ''] = head
    if (net !== '') prefix = net
    attributes = new Map()
    routes.push({ prefix, protocol, best: star !== undefined, ...metricsOf(metrics), ...destOf(dest), attributes })
  }
  return routes
}

/** `(100/0)`, `(100/?)`, `(100/-)`, `(10)`. */
function metricsOf(text: string): Pick<BirdRoute, 'preference' | 'igpMetric'> {
  const [preference, igpMetric] = text.split('/')
  return { preference: Number(preference), ...(igpMetric === undefined ? {} : { igpMetric }) }
}

function destOf(text: string): Pick<BirdRoute, 'dest' | 'gateway' | 'dev'> {
  const via = /^via (\S+) on (\S+)/.exec(text)
  if (via !== null) return { dest: 'via', gateway: via[1] ?? '', dev: via[2] ?? '' }
  const dev = /^dev (\S+)/.exec(text)
  return dev === null ? { dest: text.split(' ')[0] ?? '' } : { dest: 'dev', dev: dev[1] ?? '' }
}

export interface BirdSession {
  readonly state: string
  readonly lastError?: string
}

/** BGP protocols by name from `show protocols`. */
export function parseSessions(lines: readonly string[]): ReadonlyMap<string, BirdSession> {
  return new Map(
    lines.flatMap((line): [string, BirdSession][] => {
      const [name = '', kind, , , , state = '', ...error] = line.trim().split(/\s+/)
      if (kind !== 'BGP') return []
      return [
        [name, { state: state === '' ? 'Down' : state, ...(error.length > 0 ? { lastError: error.join(' ') } : {}) }],
      ]
    }),
  )
}
