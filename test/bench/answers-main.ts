/** Sessions, counts, one table, reach and capacity of one cluster in one process: FOLDER. */

import { buildCluster } from '../../src/cluster/build-cluster.js'
import { readManifests } from '../../src/manifests/read-manifests.js'
import { createSimulation } from '../../src/planning/simulation.js'

const [folder = ''] = process.argv.slice(2)
const simulation = createSimulation(buildCluster(readManifests([folder]).manifests))
const { nodes } = simulation.cluster
const middle = nodes[Math.floor(nodes.length / 2)]?.name ?? ''
const answers = {
  sessions: simulation.sessionSurvey().summary,
  routes: simulation.routes(middle).get('main')?.length,
  pairs: simulation.reach().pairs,
  groups: simulation.reach().groups.length,
  capacity: simulation.capacity().limits.length,
}
process.stdout.write(`${JSON.stringify(answers)}\n`)
