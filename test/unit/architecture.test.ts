import { describe, expect, test } from 'vitest'
import { readSources, violations } from '../architecture.js'

const file = (path: string, ...imports: string[]) => ({
  path,
  text: imports.map((name, i) => `import { x${i} } from '${name}'`).join('\n'),
})

describe('the rooms', () => {
  test('import only from rooms before them, without circles, each file of a bearable length', () => {
    expect(violations(readSources('src'))).toEqual([])
  })

  test('an import of a later room is a violation', () => {
    const files = [file('ipam/view.ts', '../bgp/session.js'), file('bgp/session.ts')]
    expect(violations(files)).toEqual(['ipam/view.ts imports bgp/session.ts: bgp comes after ipam'])
  })

  test('the command line imports the face and the reports, and no room', () => {
    const files = [file('cli/main.ts', '../index.js', '../report/text.js', '../bgp/session.js'), file('bgp/session.ts')]
    expect(violations(files)).toEqual(['cli/main.ts imports bgp/session.ts: cli/ may use index.ts and report/ only'])
  })

  test('a circle is a violation, types included', () => {
    const a = { path: 'bgp/a.ts', text: "import type { B } from './b.js'" }
    expect(violations([a, file('bgp/b.ts', './a.js')])).toEqual(['bgp/b.ts imports bgp/a.ts, which leads back to it'])
  })

  test('a file outside the design and a file that is too long are violations', () => {
    expect(
      violations([file('utils/misc.ts', '../bgp/session.js'), { path: 'bgp/long.ts', text: '\n'.repeat(500) }]),
    ).toEqual(['utils/misc.ts stands in no room of the design', 'bgp/long.ts is longer than 450 lines'])
  })
})
