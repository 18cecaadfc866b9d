import { expect, test } from 'vitest'
import { findingsPage } from '../../../src/report/explain-code.js'

// Bring the page up to date with `npm test -- -u` after a code is added or reworded.
test('docs/findings.md lists every code', async () => {
  await expect(findingsPage()).toMatchFileSnapshot('../../../docs/findings.md')
})
