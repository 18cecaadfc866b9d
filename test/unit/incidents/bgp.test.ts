import { BGP_INCIDENTS } from '../../fixtures/incidents/bgp.js'
import { testIncidents } from './run-incidents.js'

testIncidents(BGP_INCIDENTS)
