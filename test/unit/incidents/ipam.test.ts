import { IPAM_INCIDENTS } from '../../fixtures/incidents/ipam.js'
import { testIncidents } from './run-incidents.js'

testIncidents(IPAM_INCIDENTS)
