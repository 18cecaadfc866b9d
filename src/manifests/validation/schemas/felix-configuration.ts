/** FelixConfiguration (api/pkg/apis/projectcalico/v3/felixconfig.go). */

import { object } from '../schema.js'
import { FELIX_FIELDS } from './felix-fields.js'
import { FELIX_SPEC_RULES, selectorOnlyOnOtherNames } from './felix-rules.js'
import { whole } from './metadata.js'

/** spec of a FelixConfiguration. */
export const FELIX_CONFIGURATION_SPEC = object(FELIX_FIELDS, { required: 'zero', rules: FELIX_SPEC_RULES })

/** A whole FelixConfiguration. */
export const FELIX_CONFIGURATION = whole(FELIX_CONFIGURATION_SPEC, { rules: [selectorOnlyOnOtherNames] })
