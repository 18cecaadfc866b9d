/** Thrown inside the role engine where an answer depends on more than roles tell; the plain engine then answers. */
export class NeedsPlain extends Error {}
