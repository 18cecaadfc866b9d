/** Every command, in the order in which --help lists them. */

import { advise } from './commands/advise.js'
import { capacity } from './commands/capacity.js'
import { check } from './commands/check.js'
import { diff } from './commands/diff.js'
import { fail } from './commands/fail.js'
import { generate } from './commands/generate.js'
import { merge } from './commands/merge.js'
import { plan } from './commands/plan.js'
import { reach } from './commands/reach.js'
import { rehearse } from './commands/rehearse.js'
import { report } from './commands/report.js'
import { rib } from './commands/rib.js'
import { routes } from './commands/routes.js'
import { sessions } from './commands/sessions.js'
import { snapshot } from './commands/snapshot.js'
import { test } from './commands/test.js'
import { trace } from './commands/trace.js'
import type { Command } from './options.js'

export const COMMANDS: readonly Command[] = [
  plan,
  check,
  sessions,
  routes,
  rib,
  trace,
  reach,
  capacity,
  diff,
  rehearse,
  advise,
  fail,
  merge,
  test,
  report,
  generate,
  snapshot,
]
