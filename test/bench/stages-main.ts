/** The process in which the stages of one cluster are timed: FOLDER ITERATIONS; a line of JSON for each. */

import { timeStages } from './stages.js'

const [folder = '', iterations = '1'] = process.argv.slice(2)
await timeStages(folder, Number(iterations), (time) => process.stdout.write(`${JSON.stringify(time)}\n`))
