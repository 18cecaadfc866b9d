import { DATAPLANE_INCIDENTS } from '../../fixtures/incidents/dataplane.js'
import { testIncidents } from './run-incidents.js'

testIncidents(DATAPLANE_INCIDENTS)
