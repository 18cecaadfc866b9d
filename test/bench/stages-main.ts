/** The process in which the stages of one cluster are timed: FOLDER ITERATIONS, answers in JSON. */

import { timeStages } from './stages.js'

const [folder = '', iterations = '1'] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await timeStages(folder, Number(iterations))))
