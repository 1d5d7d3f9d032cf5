/** How ids of events look: whole numbers that count up, or text that says nothing. */
export type EventIdStyle = 'number' | 'opaque'

/** Writes and reads ids of events. Events of one task are numbered from 1 in each epoch of its server. */
export interface EventIds {
  idOf(epoch: number, event: number): string
  /** The number of the event; `null` for an id that this epoch has never sent, as far as the id tells. */
  eventOf(epoch: number, id: string): number | null
}

const MAX_EPOCHS = 2 ** 8
const MAX_EVENTS = 2 ** 24

/** Odd, so that multiplying by it modulo 2^32 can be undone. */
const MIXER = 0x9e37_79b1
const UNMIXER = inverseOf(MIXER)

const styles: Readonly<Record<EventIdStyle, EventIds>> = {
  number: {
    idOf: (_epoch, event) => String(event),
    eventOf: (_epoch, id) => (/^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : null),
  },
  opaque: {
    idOf: (epoch, event) =>
      `evt_${(Math.imul((epoch % MAX_EPOCHS) * MAX_EVENTS + event, MIXER) >>> 0).toString(36)}`,
    eventOf(epoch, id) {
      const digits = /^evt_([0-9a-z]{1,7})$/.exec(id)?.[1]
      if (digits === undefined) return null
      const number = Math.imul(Number.parseInt(digits, 36), UNMIXER) >>> 0
      const event = number % MAX_EVENTS
      return event > 0 && styles.opaque.idOf(epoch, event) === id ? event : null
    },
  },
}

/** The ids of a style. A number that an older epoch sent and this one has too is taken for this one's own. */
export function eventIdsOf(style: EventIdStyle): EventIds {
  return styles[style]
}

/** Newton's iteration: each step doubles the bits that are right, from the 3 that any odd number has. */
function inverseOf(odd: number): number {
  let inverse = odd
  for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse))
  return inverse
}
