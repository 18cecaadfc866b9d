/** What the tests need besides the sources: the browser side of the report page, bundled. */

import { execFileSync } from 'node:child_process'

export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'page'], { cwd: new URL('..', import.meta.url), stdio: 'inherit' })
}
